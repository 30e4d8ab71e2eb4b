"""Comparing two reports clause by clause."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from tracker_contracts.clauses import Level
from tracker_contracts.report.report import ClauseVerdict, Report
from tracker_contracts.report.verdict import Verdict

BADNESS = {
    Verdict.KEPT: 0,
    Verdict.KEPT_AFTER_ALL: 0,
    Verdict.NOT_OFFERED: 1,
    Verdict.UNDECLARED: 1,
    Verdict.MISSING: 2,
    Verdict.GAP: 3,
    Verdict.BROKEN: 3,
}
"""A gap that is declared is as broken as one that is not; what was not tried compares with nothing."""


class Change(BaseModel):
    """A clause that holds less, or more, than it did."""

    model_config = ConfigDict(frozen=True)

    clause: str
    level: Level
    old: Verdict
    new: Verdict

    @property
    def worse(self) -> bool:
        """Whether the clause holds less than it did."""
        return BADNESS[self.new] > BADNESS[self.old]

    @property
    def regression(self) -> bool:
        """Whether it is worse and binding: what is provisional never fails."""
        return self.worse and self.level is not Level.PROVISIONAL


def diff(old: Report, new: Report) -> list[Change]:
    """What changed between two reports, in the order of the contract."""
    return list(_changes(old, new))


def not_compared(old: Report, new: Report) -> list[str]:
    """Clauses that have a verdict in the old report and none in the new one, for want of trying."""
    now = _tried(new)
    return [clause for clause in _tried(old) if clause not in now]


def _changes(old: Report, new: Report) -> Iterator[Change]:
    before = _tried(old)
    for clause in _tried(new).values():
        if clause.id not in before:
            continue
        change = Change(clause=clause.id, level=clause.level, old=before[clause.id].verdict, new=clause.verdict)
        if BADNESS[change.old] != BADNESS[change.new]:
            yield change


def _tried(report: Report) -> dict[str, ClauseVerdict]:
    return {clause.id: clause for clause in report.clauses if clause.verdict in BADNESS}
