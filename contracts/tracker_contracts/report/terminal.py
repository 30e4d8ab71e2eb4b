"""A report for people: one row a clause, and the whole story of each counterexample."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tracker_contracts.clauses import CLAUSES, Clause
from tracker_contracts.report.report import ClauseVerdict, Conformity, Report
from tracker_contracts.report.verdict import Finding, Verdict

COLORS = {
    Verdict.KEPT: "green",
    Verdict.BROKEN: "red",
    Verdict.KEPT_AFTER_ALL: "red",
    Verdict.GAP: "yellow",
    Verdict.MISSING: "yellow",
}
OUTCOMES = {Conformity.CONFORMS: "green", Conformity.BREAKS: "red", Conformity.INCOMPLETE: "yellow"}
TOLD = (Verdict.BROKEN, Verdict.KEPT_AFTER_ALL, Verdict.GAP)
HEADINGS = ("Clause", "Level", "Verdict", "Why")


def show(console: Console, report: Report) -> None:
    """Print the report."""
    console.print(_table(report))
    for finding in report.findings:
        if finding.verdict in TOLD:
            console.print(Text(f"\n{told(finding)}"), soft_wrap=True)
    console.print()
    console.print(Text(_what_was_tried(report)), soft_wrap=True)
    console.print(Text(_programs(report)), soft_wrap=True)
    console.print(Text(f"{report.tracker} {report.summary}", OUTCOMES[report.outcome]), soft_wrap=True)
    for line in _why(report):
        console.print(Text(line), soft_wrap=True)


def told(finding: Finding) -> str:
    """A counterexample, with what it means and how to see it again."""
    head = f"{finding.clause} {finding.verdict.value}: {finding.trial} ({finding.driver.value})"
    parts = [head, CLAUSES[finding.clause].sentence, finding.advice, finding.story]
    replay = f"Replay: {finding.replay}" if finding.replay else ""
    return "\n".join(part for part in (*parts, replay) if part)


def reason(clause: ClauseVerdict, findings: list[Finding]) -> str:
    """In one line, why a clause is not simply kept; empty if it is."""
    known = CLAUSES[clause.id]
    match clause.verdict:
        case Verdict.UNDECLARED:
            return f"the feature {known.feature!r} is not declared"
        case Verdict.NOT_OFFERED:
            return _not_offered(known)
        case Verdict.NOT_TRIED:
            return "this profile leaves it out; another one tries it"
        case Verdict.MISSING:
            return _missing(findings)
        case Verdict.KEPT:
            return next((found.story for found in findings if found.story), "")
    return next((found.story.partition("\n")[0] for found in findings if found.verdict in TOLD), "")


def _not_offered(clause: Clause) -> str:
    if clause.setting:
        return f"the flavor has no setting {clause.setting!r}"
    return f"the harness says why, in {clause.unless!r}" if clause.unless else "the tracker gives no URL"


def _missing(findings: list[Finding]) -> str:
    hollow = [found.trial for found in findings if found.verdict is Verdict.MISSING]
    return f"nothing was compared by {', '.join(hollow)}" if hollow else "there is no trial of it"


def _table(report: Report) -> Table:
    table = Table()
    for heading in HEADINGS:
        table.add_column(heading, overflow="fold")
    for clause in report.clauses:
        table.add_row(*_cells(clause, [found for found in report.findings if found.clause == clause.id]))
    return table


def _cells(clause: ClauseVerdict, findings: list[Finding]) -> Iterator[Text]:
    yield Text(clause.id)
    yield Text(clause.level.value)
    tried = sum(found.examples for found in findings)
    count = f" ({tried})" if clause.verdict is Verdict.KEPT else ""
    yield Text(clause.verdict.value + count, COLORS.get(clause.verdict, "dim"))
    yield Text(reason(clause, findings))


def _what_was_tried(report: Report) -> str:
    versions = report.versions
    features = ", ".join(report.features) or "none"
    return (
        f"ZenML {versions.zenml}, {report.backend} {versions.backend}, Python {versions.python}, "
        f"contract {versions.contract} (tracker-contracts {versions.tracker_contracts}); declared features: {features}"
    )


def _programs(report: Report) -> str:
    left_out = f"; {report.left_out} were left out, since the time was up (--budget)" if report.left_out else ""
    return f"{report.programs} programs were executed{left_out}"


def _why(report: Report) -> Iterator[str]:
    """The clauses that decide the outcome, by name."""
    failing = [clause.id for clause in report.clauses if clause.fails]
    missing = [clause.id for clause in report.clauses if clause.verdict is Verdict.MISSING]
    left_out = [clause.id for clause in report.clauses if clause.verdict is Verdict.NOT_TRIED]
    for what, ids in (("Broken", failing), ("Not tried", missing), ("Not in this profile", left_out)):
        if ids:
            yield f"{what}: {', '.join(ids)}"
