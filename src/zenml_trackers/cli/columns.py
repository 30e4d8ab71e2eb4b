"""Columns of text: which of them fit beside each other, and how wide each is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from zenml_trackers.cli.shown import cut

GAP = 2
"""Blanks between two columns."""


@dataclass(frozen=True)
class Column:
    """One fact of each row."""

    heading: str
    cells: Sequence[str]
    rank: int = 0
    """Of the columns that don't fit, those of the highest rank are left out; those of rank 0 never are."""
    least: int | None = None
    """To how many characters the cells may be cut; None if they may not be."""
    cut: Callable[[str, int], str] = cut
    right: bool = False
    """Whether the cells stand at the right, as numbers do."""
    style: Callable[[str], str] = lambda cell: ""
    """The colour of a cell."""

    @cached_property
    def widest(self) -> int:
        """The width in which nothing is cut."""
        return max(map(cell_len, (self.heading, *self.cells)))

    @property
    def narrowest(self) -> int:
        """The width without which it is of no use."""
        return self.widest if self.least is None else min(self.widest, max(self.least, cell_len(self.heading)))

    def in_width(self, width: int) -> Sequence[str]:
        """The cells, none of them wider than that."""
        if width >= self.widest:
            return self.cells
        return [self.cut(cell, width) for cell in self.cells]


def fitted(columns: Sequence[Column], width: int) -> dict[str, int]:
    """The width of each column that fits, by its heading; what is to spare goes to the narrowest of those it helps."""
    taken = [column for column in columns if column.rank == 0]
    for column in sorted((column for column in columns if column.rank), key=lambda column: column.rank):
        if needed([*taken, column]) <= width:
            taken.append(column)
    widths = {column.heading: column.narrowest for column in taken}
    for _ in range(width - needed(taken)):
        cut = [column.heading for column in taken if widths[column.heading] < column.widest]
        if cut:
            widths[min(cut, key=widths.__getitem__)] += 1
    return widths


def in_full(columns: Sequence[Column]) -> dict[str, int]:
    """The width of each column if nothing is left out or cut."""
    return {column.heading: column.widest for column in columns}


def needed(columns: Sequence[Column]) -> int:
    """The width in which all of the columns are of use."""
    return sum(column.narrowest + GAP for column in columns) - GAP


def lines(columns: Sequence[Column], widths: dict[str, int]) -> Iterator[Text]:
    """The headings, and each row, of the columns that have a width."""
    there = [column for column in columns if column.heading in widths]
    yield _joined([_placed(column, column.heading, widths, "bold") for column in there])
    for row in zip(*(_cells(column, widths) for column in there), strict=True):
        yield _joined(row)


def _cells(column: Column, widths: dict[str, int]) -> Iterator[Text]:
    for cell, shown in zip(column.cells, column.in_width(widths[column.heading]), strict=True):
        yield _placed(column, shown, widths, column.style(cell))


def _placed(column: Column, text: str, widths: dict[str, int], style: str) -> Text:
    width = widths[column.heading]
    return Text(" " * (width - cell_len(text)) + text if column.right else set_cell_size(text, width), style)


def _joined(cells: Sequence[Text]) -> Text:
    line = Text(" " * GAP).join(cells)
    line.rstrip()
    return line
