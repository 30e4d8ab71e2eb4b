"""Shows how far a check is: a bar on a terminal, a line a clause anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from tracker_contracts.clauses import Clause
from tracker_contracts.messages import Begun, Judged

Told = Callable[[Clause, Begun | Judged], None]


@contextmanager
def progress(console: Console, total: int) -> Iterator[Told]:
    """What is to be told of each trial while a check of so many clauses goes on."""
    if not console.is_terminal:
        yield lambda clause, message: _line(console, message)
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        seen: list[str] = []

        def tell(clause: Clause, message: Begun | Judged) -> None:
            if clause.id not in seen:
                seen.append(clause.id)
            if isinstance(message, Begun):
                what = f"{clause.id} {message.driver.value}: {message.trial}"
                bar.update(task, description=what, completed=len(seen) - 1)

        yield tell


def _line(console: Console, message: Begun | Judged) -> None:
    if isinstance(message, Judged):
        finding = message.finding
        text = f"{finding.clause} {finding.driver.value}: {finding.trial}: {finding.verdict.value}"
        console.print(Text(text), soft_wrap=True)
