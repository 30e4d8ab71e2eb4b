"""Comparing two reports, clause by clause and program by program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from tracker_contracts.clauses import Level
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.script import explains
from tracker_contracts.report.report import ClauseVerdict, Report
from tracker_contracts.report.verdict import Finding, Verdict

BADNESS = {
    Verdict.KEPT: 0,
    Verdict.KEPT_AFTER_ALL: 0,
    Verdict.NOT_OFFERED: 1,
    Verdict.UNDECLARED: 1,
    Verdict.MISSING: 2,
    Verdict.GAP: 3,
    Verdict.BROKEN: 3,
}
"""A gap that is declared is as broken as one that is not; what was not tried, or is hidden, compares with nothing."""


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


class Shown(BaseModel):
    """A defect that one of two reports shows and the other does not."""

    model_config = ConfigDict(frozen=True)

    what: str
    """`broken now`, or `mended`."""
    clause: str
    topic: str
    where: str
    """The smallest program that shows it; for a trial, its driver."""


def shown(old: Report, new: Report) -> list[Shown]:
    """What broke and what is mended, by clause and program; what was not tried both times compares with nothing."""
    before, after = _defects(old), _defects(new)
    both = set(_tried(old)) & set(_tried(new))
    broken = [_shown("broken now", each) for each in after if not _is_in(each, before)]
    mended = [_shown("mended", each) for each in before if not _is_in(each, after)]
    return [each for each in dict.fromkeys([*broken, *mended]) if each.clause in both]


def _defects(report: Report) -> list[Finding]:
    return [found for found in report.findings if found.verdict in (Verdict.BROKEN, Verdict.GAP)]


def _shown(what: str, found: Finding) -> Shown:
    where = found.program or f"a trial ({found.driver.value})"
    return Shown(what=what, clause=found.clause, topic=found.trial, where=where)


def _is_in(one: Finding, others: Sequence[Finding]) -> bool:
    """Whether one of the others is the same defect: in a program that is part of this one's, or has it as a part."""
    return any(
        (one.clause, one.trial, one.driver) == (other.clause, other.trial, other.driver) and _alike(one, other)
        for other in others
    )


def _alike(one: Finding, other: Finding) -> bool:
    if not one.program or not other.program:
        return one.program == other.program
    programs = Program.parse(one.program), Program.parse(other.program)
    return explains(*programs) or explains(*reversed(programs))


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
