"""A report for people: what to mend first, then one row for each clause that is not simply kept."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tracker_contracts.clauses import CLAUSES, Clause
from tracker_contracts.report import timed
from tracker_contracts.report.causes import Cause, causes, why_unseen
from tracker_contracts.report.report import ClauseVerdict, Conformity, Report
from tracker_contracts.report.verdict import Finding, Verdict

COLORS = {
    Verdict.KEPT: "green",
    Verdict.BROKEN: "red",
    Verdict.KEPT_AFTER_ALL: "red",
    Verdict.GAP: "yellow",
    Verdict.MISSING: "yellow",
    Verdict.HIDDEN: "yellow",
}
OUTCOMES = {Conformity.CONFORMS: "green", Conformity.BREAKS: "red", Conformity.INCOMPLETE: "yellow"}
TOLD = (Verdict.BROKEN, Verdict.KEPT_AFTER_ALL, Verdict.GAP)
QUIET = (Verdict.NOT_TRIED, Verdict.UNDECLARED, Verdict.NOT_OFFERED)
"""What a row would say nothing of; it is told in a line."""
HEADINGS = ("Clause", "Level", "Verdict", "Why")
INDENT = "    "
WIDTH = 80
"""Columns; what is copied, as a command, is never folded."""
LONG = 120
"""Characters of a counterexample that are shown; the JSON and the HTML have all of it."""
LACKS = {
    "L10": "the harness has no `folder` and no `unreachable`",
    "S4": "the harness has no `folder`",
}
"""What is lacking where nothing could be compared."""


def show(console: Console, report: Report) -> None:
    """Print the report."""
    found = causes(report)
    if found:
        _show_causes(console, report, found)
    rows = [clause for clause in report.clauses if _has_row(clause, report)]
    if rows:
        console.print(_table(report, rows), width=WIDTH)
    for line in _rest(report):
        _print(console, line)
    console.print()
    _print(console, f"{what_was_tried(report)}; {programs_line(report)}")
    _print(console, f"{report.tracker} {report.summary}", OUTCOMES[report.outcome])
    for line in _why(report):
        _print(console, line)
    for line in timed.lines(report):
        _print(console, line)


def told(finding: Finding) -> str:
    """A counterexample in full, with what it means and how to see it again."""
    head = f"{finding.clause} {finding.verdict.value}: {finding.trial} ({finding.driver.value})"
    follows = f"It follows from {', '.join(finding.follows_from)}." if finding.follows_from else ""
    parts = [head, CLAUSES[finding.clause].sentence, follows, finding.advice, finding.story]
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
            return "this profile, or --driver, leaves it out"
        case Verdict.MISSING:
            return _missing(findings)
        case Verdict.HIDDEN:
            return f"{_seen_of(findings)}, for which {' and '.join(clause.follows_from)} is to blame"
        case Verdict.KEPT:
            return next((found.story for found in findings if found.story), "")
    if clause.follows_from:
        return f"follows from {', '.join(clause.follows_from)}"
    alone = [found for found in findings if not found.follows_from]
    return next((found.story.partition("\n")[0] for found in alone if found.verdict in TOLD), "")


def _seen_of(hidden: list[Finding]) -> str:
    return next(found.story for found in hidden if found.verdict is Verdict.HIDDEN)


def _not_offered(clause: Clause) -> str:
    if clause.setting:
        return f"the flavor has no setting {clause.setting!r}"
    return f"the harness says why, in {clause.unless!r}" if clause.unless else "the tracker gives no URL"


def advice_of(finding: Finding) -> tuple[str, str]:
    """What a failure means, and how it is mended; empty where nothing is known."""
    means, _, mend = finding.advice.partition("\n\n")
    return " ".join(means.split()), " ".join(mend.split())


def what_was_tried(report: Report) -> str:
    """The versions that took part, and what the tracker declares."""
    versions = report.versions
    features = ", ".join(report.features) or "none"
    return (
        f"ZenML {versions.zenml}, {report.backend} {versions.backend}, Python {versions.python}, "
        f"contract {versions.contract} (tracker-contracts {versions.tracker_contracts}); declared features: {features}"
    )


def programs_line(report: Report) -> str:
    """How many programs were executed, and how many were not."""
    by_driver = ", ".join(f"{count} {driver.value}" for driver, count in report.left_out_of.items())
    which = f" ({by_driver})" if len(report.left_out_of) > 1 else ""
    left_out = (
        f"; {report.left_out}{which} were left out, since the profile's time was up; --budget gives more"
        if report.left_out
        else ""
    )
    return f"{report.programs} programs were executed{left_out}"


def _show_causes(console: Console, report: Report, found: list[Cause]) -> None:
    _print(console, f"Mend first: {', '.join(cause.clause for cause in found)}", "bold")
    for cause in found:
        _show_cause(console, cause)
    _print(console, "Each is seen again, alone and in seconds, by:")
    _print(console, f"{INDENT}tracker-contracts check {report.harness} …")
    console.print()


def _show_cause(console: Console, cause: Cause) -> None:
    finding = cause.first
    means, mend = advice_of(finding)
    what = means or CLAUSES[cause.clause].sentence
    follows = f" {', '.join(cause.explains)} {'follows' if len(cause.explains) == 1 else 'follow'} from it."
    lines = [f"{what}{follows if cause.explains else ''}", _shortly(finding), mend and f"Mend: {mend}"]
    mark = f"{cause.clause:4}"
    for line in filter(None, lines):
        for folded in textwrap.wrap(line, WIDTH, initial_indent=mark, subsequent_indent=INDENT):
            console.print(Text(folded), soft_wrap=True)
        mark = INDENT
    if again := _options(finding):
        _print(console, f"{INDENT}… {again}")


def _shortly(finding: Finding) -> str:
    """What differs, and what was done."""
    differs, _, more = finding.story.partition("\n")
    done = more if finding.program else f"tried: {finding.trial.replace('_', ' ')}"
    shown = differs if len(differs) <= LONG else f"{differs[: LONG - 1]}…"
    return f"Seen: {shown}, {done}" if done else f"Seen: {shown}"


def _options(finding: Finding) -> str:
    """What the command of a replay has after the harness."""
    return finding.replay.partition(" check ")[2].partition(" ")[2]


def _missing(findings: list[Finding]) -> str:
    hollow = [found for found in findings if found.verdict is Verdict.MISSING]
    if not hollow:
        return "there is no trial of it"
    return f"nothing was compared by {', '.join(found.trial for found in hollow)}"


def _table(report: Report, rows: list[ClauseVerdict]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in HEADINGS:
        table.add_column(heading, overflow="fold")
    for clause in rows:
        table.add_row(*_cells(clause, report))
    return table


def _has_row(clause: ClauseVerdict, report: Report) -> bool:
    """Where a check was stopped, all that it did not come to is told in one line."""
    if report.stopped is not None and clause.verdict is Verdict.MISSING:
        return False
    return clause.verdict not in (Verdict.KEPT, Verdict.HIDDEN, *QUIET)


def _cells(clause: ClauseVerdict, report: Report) -> Iterator[Text]:
    findings = [found for found in report.findings if found.clause == clause.id]
    yield Text(clause.id)
    yield Text(clause.level.value)
    yield Text(clause.verdict.value, COLORS.get(clause.verdict, "dim"))
    yield Text(_short_reason(clause, findings, report))


def _short_reason(clause: ClauseVerdict, findings: list[Finding], report: Report) -> str:
    if clause.verdict is Verdict.MISSING:
        cause = why_unseen(clause.id, report)
        lacks = LACKS.get(clause.id, "") if findings else ""
        return f"nothing to compare, because of {cause}" if cause else lacks or reason(clause, findings)
    causal = clause.verdict in (Verdict.BROKEN, Verdict.GAP) and not clause.follows_from
    return "see above" if causal else reason(clause, findings)


def _rest(report: Report) -> Iterator[str]:
    """The clauses that have no row, a line for each verdict."""
    kept = [clause for clause in report.clauses if clause.verdict is Verdict.KEPT]
    if kept:
        yield f"Kept: {', '.join(f'{clause.id} ({_tried(clause, report)})' for clause in kept)}"
    if hidden := [clause for clause in report.clauses if clause.verdict is Verdict.HIDDEN]:
        by = (f"{clause.id} (by {', '.join(clause.follows_from)})" for clause in hidden)
        yield f"Hidden until that is mended: {', '.join(by)}"
    for verdict, what in (
        (Verdict.UNDECLARED, "Not declared"),
        (Verdict.NOT_OFFERED, "Not offered"),
        (Verdict.NOT_TRIED, "Not in this profile"),
    ):
        if ids := [clause.id for clause in report.clauses if clause.verdict is verdict]:
            yield f"{what}: {', '.join(ids)}"
    for clause in kept:
        if why := reason(clause, [found for found in report.findings if found.clause == clause.id]):
            yield f"{clause.id}: {why}"


def _tried(clause: ClauseVerdict, report: Report) -> int:
    own = (found for found in report.findings if found.clause == clause.id)
    return sum(found.examples or min(1, found.comparisons) for found in own)


def _why(report: Report) -> Iterator[str]:
    """The clauses that decide the outcome, by name."""
    failing = [clause.id for clause in report.clauses if clause.fails]
    missing = [clause.id for clause in report.clauses if clause.verdict is Verdict.MISSING]
    for what, ids in (("Broken", failing), ("Not tried", missing)):
        if ids:
            yield f"{what}: {', '.join(ids)}"


def _print(console: Console, line: str, style: str = "") -> None:
    """A line, folded between words if it is long, unless it is a command."""
    command = line.lstrip().startswith(("tracker-contracts", "…"))
    for folded in [line] if command else textwrap.wrap(line, WIDTH, break_on_hyphens=False):
        console.print(Text(folded, style), soft_wrap=True)
