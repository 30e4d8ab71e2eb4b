"""What a change of code or of releases took away, told from two reports of cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracker_contracts.matrix.model import BlockReport, Cell, CellReport, State, Works, age
from tracker_contracts.report import diff as comparison


def losses(old: CellReport, new: CellReport) -> list[str]:
    """What the new report no longer has that the old one had: a verdict, or a page that works; one line each."""
    if new.state is not State.RAN:
        reason = new.error.strip().rpartition("\n")[2]
        return [f"it {old.state.value}, and now: {new.state.value}: {reason}"] if old.state is State.RAN else []
    return [*_of_contracts(old, new), *_of_pages(old, new)]


def counterpart(stored: Mapping[str, CellReport], cell: Cell) -> CellReport | None:
    """What a cell is compared with: its own earlier report; that of the newest releases, if they were not there yet."""
    if (own := stored.get(cell.name)) is not None:
        return own
    newest = max(stored.values(), key=lambda report: age(report.cell), default=None)
    return newest if newest is not None and age(cell) > age(newest.cell) else None


def _of_contracts(old: CellReport, new: CellReport) -> Iterator[str]:
    for harness, before in old.contracts.items():
        if (after := new.contracts.get(harness)) is None:
            yield f"{harness} is not tried any more"
            continue
        for change in comparison.diff(before, after):
            if change.regression:
                yield f"{harness}: {change.clause} ({change.level.value}): {change.old.value} -> {change.new.value}"
        for clause in comparison.not_compared(before, after):
            yield f"{harness}: {clause} is not tried any more"


def _of_pages(old: CellReport, new: CellReport) -> Iterator[str]:
    before = _failures(old.page)
    for page, block in _failures(new.page).items():
        if block is not None and before.get(page, block) is None:
            yield f"{page}, line {block.line} ({block.language}): {block.story.partition(chr(10))[0]}"
    yield from (f"{page} is not followed any more" for page in before if page not in _failures(new.page))


def _failures(blocks: list[BlockReport]) -> dict[str, BlockReport | None]:
    """The first block that fails of each page; None if none does."""
    first: dict[str, BlockReport | None] = {}
    for block in blocks:
        if first.get(block.page) is None:
            first[block.page] = block if block.verdict is Works.NO else None
    return first
