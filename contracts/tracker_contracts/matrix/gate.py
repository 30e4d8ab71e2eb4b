"""What a change of code or of releases changed, told from two reports of cells; and what of it is a loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from tracker_contracts.matrix.model import BlockReport, Cell, CellReport, State, Works, age
from tracker_contracts.report import diff as comparison
from tracker_contracts.report.report import Conformity, Report


class Kind(str, Enum):
    """Which way something changed."""

    REGRESSION = "regression"
    WORSE = "worse"
    """And provisional, so that nothing fails for it."""
    NO_LONGER = "no longer tried"
    NOT_COMPARED = "not compared"
    """The contract, or how hard it tries, is another one."""
    IMPROVEMENT = "improvement"


LOSSES = (Kind.REGRESSION, Kind.NO_LONGER)
"""What nothing may land with."""


@dataclass(frozen=True)
class Change:
    """One thing that changed."""

    kind: Kind
    what: str

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.what}"


def changes(old: CellReport, new: CellReport) -> list[Change]:
    """All that is different, clause by clause and page by page."""
    if old.state is State.RAN and new.state is State.RAN:
        return [*_of_contracts(old, new), *_of_pages(old, new)]
    reason = new.error.strip().rpartition("\n")[2]
    what = ": ".join(filter(None, (f"it {old.state.value}, and now: it {new.state.value}", reason)))
    ran = (old.state is State.RAN) - (new.state is State.RAN)
    return [Change(Kind.REGRESSION if ran > 0 else Kind.IMPROVEMENT, what)] if ran else []


def counterpart(stored: Mapping[str, CellReport], cell: Cell) -> CellReport | None:
    """What a cell is compared with: its own earlier report; that of the newest releases, if they were not there yet."""
    if (own := stored.get(cell.name)) is not None:
        return own
    alike = (report for report in stored.values() if report.cell.axes == cell.axes)
    newest = max(alike, key=lambda report: age(report.cell), default=None)
    return newest if newest is not None and age(cell) > age(newest.cell) else None


def tried_with(report: Report) -> str:
    """What verdicts depend on beside the tracker: only those of the same contract, tried as hard, compare."""
    return f"contract v{report.versions.contract}, profile {report.profile}"


def _of_contracts(old: CellReport, new: CellReport) -> Iterator[Change]:
    for harness, before in old.contracts.items():
        if (after := new.contracts.get(harness)) is None:
            yield Change(Kind.NO_LONGER, harness)
        elif tried_with(before) == tried_with(after):
            yield from _of_clauses(harness, before, after)
        else:
            yield Change(Kind.NOT_COMPARED, f"{harness}: {tried_with(before)} and {tried_with(after)}")
            if after.outcome is not Conformity.CONFORMS and before.outcome is Conformity.CONFORMS:
                yield Change(Kind.REGRESSION, f"{harness}: {before.outcome.value} -> {after.outcome.value}")


def _of_clauses(harness: str, before: Report, after: Report) -> Iterator[Change]:
    for each in comparison.diff(before, after):
        kind = Kind.REGRESSION if each.regression else Kind.WORSE if each.worse else Kind.IMPROVEMENT
        verdicts = f"{each.old.value} -> {each.new.value}"
        yield Change(kind, f"{harness}: {each.clause} ({each.level.value}): {verdicts}")
    for clause in comparison.not_compared(before, after):
        yield Change(Kind.NO_LONGER, f"{harness}: {clause}")


def _of_pages(old: CellReport, new: CellReport) -> Iterator[Change]:
    before, after = _failures(old.page), _failures(new.page)
    for page, block in after.items():
        if block is not None and before.get(page, block) is None:
            story = block.story.partition("\n")[0]
            yield Change(Kind.REGRESSION, f"{page}, line {block.line} ({block.language}): {story}")
        elif block is None and before.get(page) is not None:
            yield Change(Kind.IMPROVEMENT, f"{page} works")
    yield from (Change(Kind.NO_LONGER, page) for page in before if page not in after)


def _failures(blocks: list[BlockReport]) -> dict[str, BlockReport | None]:
    """The first block that fails of each page; None if none does."""
    first: dict[str, BlockReport | None] = {}
    for block in blocks:
        if first.get(block.page) is None:
            first[block.page] = block if block.verdict is Works.NO else None
    return first
