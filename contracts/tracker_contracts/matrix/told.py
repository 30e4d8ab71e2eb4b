"""What the command tells of cells: how far they are, one row each at the end, and what was lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from tracker_contracts.matrix.model import PYTHON, CellReport, State, Works
from tracker_contracts.matrix.versions import Versions
from tracker_contracts.report.report import Conformity, Report

HEADINGS = ("Contract", "Pages", "Seconds", "What is wrong")


class Teller(Protocol):
    """Is told of each cell that is done."""

    def __call__(self, report: CellReport, again: bool) -> None:
        """Tell of a cell; `again`, if its report is an earlier one."""


@contextmanager
def progress(console: Console, total: int) -> Iterator[Teller]:
    """A bar on a terminal, and a line a cell anywhere."""
    columns = (TextColumn("cells"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)

        def tell(report: CellReport, again: bool) -> None:
            bar.advance(task)
            known = " (known from before)" if again else f" ({report.seconds} s)"
            style = "green" if report.good else "red"
            console.print(Text(f"{report.cell.name}: {_in_short(report)}{known}", style), soft_wrap=True)

        yield tell


def table(versions: Versions, reports: Sequence[CellReport]) -> Table:
    """One row a cell."""
    made = Table()
    axes = (PYTHON, *versions.libraries)
    for heading in (*map(versions.label, axes), *HEADINGS):
        made.add_column(heading, overflow="fold", justify="right" if heading == "Seconds" else "left")
    for report in reports:
        cell, wrong = report.cell, "\n".join(_wrong(versions, report))
        outcomes = "\n".join(f"{name} {each.outcome.value}" for name, each in report.contracts.items())
        row = (*(cell[axis] for axis in axes), outcomes or report.state.value, _page(report))
        made.add_row(*row, str(report.seconds), wrong, style="" if report.good else "red")
    return made


def _in_short(report: CellReport) -> str:
    if report.state is not State.RAN:
        return str(report.state.value)
    outcomes = [f"{name} {each.outcome.value}" for name, each in report.contracts.items()]
    return ", ".join([*outcomes, *([f"the page {_page(report)}"] if report.page else [])])


def _page(report: CellReport) -> str:
    if not report.page:
        return "none"
    return "works" if all(block.verdict is Works.YES for block in report.page) else "fails"


def _wrong(versions: Versions, report: CellReport) -> Iterator[str]:
    if report.error:
        yield report.error.strip().rpartition("\n")[2]
    for harness, each in report.contracts.items():
        yield from (f"{harness}: {line}" for line in _broken(versions, report, each))
    failing = [block for block in report.page if block.verdict is Works.NO]
    yield from (f"{block.page}, line {block.line}: {block.story.partition(chr(10))[0]}" for block in failing)
    if not report.good:
        yield from (f"{cause.cause} {cause.link}" for cause in versions.causes_in(report.cell))


def _broken(versions: Versions, report: CellReport, contract: Report) -> Iterator[str]:
    if contract.outcome is Conformity.CONFORMS:
        return
    for clause in contract.clauses:
        if clause.fails:
            causes = [f"{cause.cause} {cause.link}" for cause in versions.causes_in(report.cell, clause.id)]
            yield "; ".join([f"{clause.id} {clause.verdict.value}", *causes])
