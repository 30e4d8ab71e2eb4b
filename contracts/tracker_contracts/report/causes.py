"""What to mend first: the clauses that are causes, in the order in which mending helps most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker_contracts.clauses import CLAUSES, Level
from tracker_contracts.report.follow import BROKEN, unseen_for
from tracker_contracts.report.report import Report
from tracker_contracts.report.verdict import Finding, Verdict


@dataclass(frozen=True)
class Cause:
    """A broken clause that nothing else explains."""

    clause: str
    findings: tuple[Finding, ...]
    """Its own, the plainest first."""
    explains: tuple[str, ...]
    """The clauses that follow from it, or can't be compared because of it."""

    @property
    def first(self) -> Finding:
        """The counterexample to look at."""
        return self.findings[0]


def causes(report: Report) -> list[Cause]:
    """Those of a report, from the one that explains most."""
    found = [_cause(clause.id, report) for clause in report.clauses if clause.verdict in BROKEN]
    return sorted((cause for cause in found if cause.findings), key=_rank)


def why_unseen(clause: str, report: Report) -> str:
    """The broken clause that leaves nothing of another one to be compared; empty if there is none."""
    return unseen_for(clause, [each.id for each in report.clauses if each.verdict in BROKEN])


def _cause(clause: str, report: Report) -> Cause:
    own = [each for each in report.findings if each.clause == clause and each.verdict in BROKEN]
    alone = sorted((each for each in own if not each.follows_from), key=_plainness)
    return Cause(clause, tuple(alone), tuple(_explained(clause, report)))


def _explained(clause: str, report: Report) -> Sequence[str]:
    return [
        each.id
        for each in report.clauses
        if clause in each.follows_from or (each.verdict is Verdict.MISSING and why_unseen(each.id, report) == clause)
    ]


def _plainness(finding: Finding) -> tuple[int, bool, int]:
    """The drivers are in the order of the contract: the fastest first."""
    return len(finding.program.split()) if finding.program else 3, not finding.program, -finding.shown


def _rank(cause: Cause) -> tuple[bool, int, int, int]:
    """What is only provisional comes last; then by what it explains, and by how often it was seen."""
    provisional = CLAUSES[cause.clause].level is Level.PROVISIONAL
    shown = sum(finding.shown for finding in cause.findings)
    return provisional, -len(cause.explains), -shown, list(CLAUSES).index(cause.clause)
