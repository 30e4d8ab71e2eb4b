"""The matrix as a page of the documentation: tables that say the same as the HTML page, and the same each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import urlencode

from tracker_contracts.matrix.model import PYTHON, Cell
from tracker_contracts.matrix.page import templates
from tracker_contracts.matrix.versions import Break
from tracker_contracts.matrix.view import PAGES, View, failing
from tracker_contracts.matrix.view_marks import OUTCOMES, RULED_OUT, STATES, Tone
from tracker_contracts.matrix.view_text import in_markdown
from tracker_contracts.matrix.view_troubles import Trouble, troubles, where


@dataclass(frozen=True)
class Row:
    """What became of one backend on one release of each package."""

    releases: Sequence[str]
    marks: list[str]
    """By Python."""


@dataclass(frozen=True)
class Table:
    """What became of one backend."""

    backend: str
    good: int
    """Combinations in which it conforms, or works."""
    tried: int
    rows: list[Row]


def markdown(view: View, html: str) -> str:
    """The whole page.

    Args:
        view: What is shown.
        html: Where the HTML page is, seen from this one.
    """
    return (
        templates()
        .get_template("compatibility.md.j2")
        .render(
            view=view,
            html=html,
            pages=PAGES,
            span=[view.span(axis) for axis in view.versions.as_read],
            pythons=view.releases(PYTHON),
            rules=list(_rules(view)),
            libraries=view.versions.libraries,
            label=view.versions.label,
            breaks={axis: _breaks(view, axis) for axis in view.versions.libraries},
            marks=[*OUTCOMES.values(), *STATES.values(), RULED_OUT],
            tables=[_table(view, backend) for backend in view.backends],
            troubles=[(each, where(view, each), _link(view, html, each)) for each in troubles(view)],
            safe=in_markdown,
        )
    )


def _table(view: View, backend: str) -> Table:
    marks = [view.mark(report.cell, backend) for report in view.reports]
    tones = [mark.tone for mark in marks if mark is not None]
    return Table(backend, tones.count(Tone.GOOD), len(tones), list(_rows(view, backend)))


def _rows(view: View, backend: str) -> Iterator[Row]:
    for releases, cells in groupby(view.cells, key=view.row):
        here = {cell[PYTHON]: _mark(view, cell, backend) for cell in cells}
        if set(here.values()) <= {"", RULED_OUT.sign}:
            continue
        yield Row(releases, [here.get(python, "") for python in view.releases(PYTHON)])


def _breaks(view: View, axis: str) -> list[Break]:
    return [each for each in view.versions.breaks if axis in each.within]


def _rules(view: View) -> Iterator[tuple[list[str], str]]:
    """What is ruled out, by axis, and why."""
    for rule in view.versions.ruled_out:
        yield [rule.within.get(axis, "") for axis in (PYTHON, *view.versions.libraries)], rule.why


def _mark(view: View, cell: Cell, backend: str) -> str:
    """The sign, with the number of clauses that fail; if none does, with that of the programs which say so."""
    mark = view.mark(cell, backend)
    report = view.by_cell.get(cell)
    tried = report.contracts.get(backend) if report else None
    number = (len(failing(tried)) or tried.programs) if tried else 0
    return "" if mark is None else f"{mark.sign} {number or ''}".strip()


def _link(view: View, html: str, trouble: Trouble) -> str:
    """The HTML page, open at the first cell that has the trouble."""
    place = {"cell": trouble.cells[0].name, "of": trouble.backend or view.backends[0]}
    return f"{html}#{urlencode(place)}"
