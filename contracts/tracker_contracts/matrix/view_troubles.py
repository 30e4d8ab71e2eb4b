"""What is not as it should be, with its explanation: the same trouble in many cells is told once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from tracker_contracts.matrix.model import PYTHON, BlockReport, Cell, CellReport, State, Works, collapsed
from tracker_contracts.matrix.versions import Cause
from tracker_contracts.matrix.view import PAGES, View, span
from tracker_contracts.matrix.view_marks import STATES
from tracker_contracts.report.report import ClauseVerdict, Conformity, Report
from tracker_contracts.report.terminal import reason
from tracker_contracts.report.verdict import Verdict

TOLD_AT_MOST = 3
"""Clauses whose counterexample is told in a line; with more of them, the page of the cell is clearer."""


@dataclass(frozen=True)
class Known:
    """A known cause."""

    cause: str
    link: str


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong, wherever it is."""

    backend: str
    """Empty: all of them."""
    what: str
    """Such as `does not conform: T2, F1`."""
    reasons: tuple[str, ...]
    """Of the first cell that has it, a line each."""
    causes: tuple[Known, ...]
    """Those that are known."""
    cells: list[Cell] = field(default_factory=list, compare=False)


def troubles(view: View) -> list[Trouble]:
    """All of them: what did not run first, then by backend; each with its cells, from the newest on."""
    found: dict[tuple[str, str, tuple[Known, ...]], Trouble] = {}
    for trouble in _each(view):
        first = found.setdefault((trouble.backend, trouble.what, trouble.causes), trouble)
        first.cells.extend(cell for cell in trouble.cells if cell not in first.cells)
    order = ["", *view.backends]
    return sorted(found.values(), key=lambda trouble: order.index(trouble.backend))


def where(view: View, trouble: Trouble) -> str:
    """The cells that have it, told as shortly as can be."""
    if len(trouble.cells) == len(_tried(view, trouble.backend)):
        return "all that were tried"
    return "; ".join(_block(view, block) for block in reversed(collapsed(reversed(trouble.cells))))


def _each(view: View) -> Iterator[Trouble]:
    for cell in view.cells:
        report = view.by_cell.get(cell)
        if report is not None:
            yield from _of_cell(view, report)


def _of_cell(view: View, report: CellReport) -> Iterator[Trouble]:
    cell = report.cell
    if report.state is not State.RAN:
        causes = _known(view.causes(cell))
        last = report.error.strip().rpartition("\n")[2]
        yield Trouble("", STATES[report.state].word, (last,) if last else (), causes, [cell])
    for backend, tried in report.contracts.items():
        if tried.outcome is not Conformity.CONFORMS or _to_be_known(tried):
            yield _of_report(view, cell, backend, tried)
    if broken := [block for block in report.page if block.verdict is Works.NO]:
        what = f"fails: {', '.join(_place(block) for block in broken)}"
        yield Trouble(PAGES, what, tuple(map(_last_line, broken)), _known(view.causes(cell)), [cell])


def _of_report(view: View, cell: Cell, backend: str, report: Report) -> Trouble:
    failing = [clause for clause in report.clauses if clause.fails or clause.verdict is Verdict.MISSING]
    clauses = failing or _to_be_known(report)
    causes = _known(cause for clause in clauses for cause in view.causes(cell, clause.id))
    few = clauses if len(clauses) <= TOLD_AT_MOST else []
    outcome = report.outcome.value if failing else f"{report.outcome.value}, but for what is provisional"
    what = f"{outcome}: {', '.join(clause.id for clause in clauses)}"
    return Trouble(backend, what, tuple(_told(report, few)), causes, [cell])


def _to_be_known(report: Report) -> list[ClauseVerdict]:
    """The clauses that are broken and, being provisional, fail nothing."""
    return [clause for clause in report.clauses if clause.verdict is Verdict.BROKEN and not clause.fails]


def _known(causes: Iterable[Cause]) -> tuple[Known, ...]:
    return tuple(dict.fromkeys(Known(each.cause, str(each.link)) for each in causes))


def _told(report: Report, clauses: Iterable[ClauseVerdict]) -> Iterator[str]:
    for clause in clauses:
        why = reason(clause, [finding for finding in report.findings if finding.clause == clause.id])
        yield f"{clause.id}: {why}" if why else clause.id


def _place(block: BlockReport) -> str:
    return f"{block.page}, line {block.line}"


def _last_line(block: BlockReport) -> str:
    return block.story.strip().rpartition("\n")[2]


def _tried(view: View, backend: str) -> list[CellReport]:
    """The reports that tell something of the backend."""
    ran = [report for report in view.reports if report.state is State.RAN]
    return [report for report in ran if view.mark(report.cell, backend)] if backend else list(view.reports)


def _block(view: View, block: Mapping[str, Sequence[str]]) -> str:
    first, *others = view.versions.libraries
    told = [f"{view.versions.label(axis)} {', '.join(block[axis])}" for axis in others]
    python = "" if list(block[PYTHON]) == view.releases(PYTHON) else f" (Python {', '.join(block[PYTHON])})"
    return " with ".join([f"{view.versions.label(first)} {_ranges(view, block[first])}", *told]) + python


def _ranges(view: View, releases: Sequence[str]) -> str:
    """The releases, with neighbours among those that were tried put together."""
    order = view.releases(view.versions.first)
    places = sorted(map(order.index, releases))
    runs = groupby(enumerate(places), key=lambda pair: pair[1] - pair[0])
    return ", ".join(span(order[place] for _, place in run) for _, run in runs)
