"""Shows how far a check is: a bar with the time that is left on a terminal, a line now and then anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from tracker_contracts.engine.messages import Begun, Judged

EVERY = 50
"""Programs after which a line tells of them."""


class Told:
    """What a check tells of itself; this one keeps it to itself."""

    def program(self, text: str, number: int, total: int) -> None:
        """A program begins."""

    def trial(self, message: Begun | Judged, number: int, total: int) -> None:
        """A trial began or ended, of so many clauses."""


@contextmanager
def progress(console: Console) -> Iterator[Told]:
    """What is to be told while a check goes on."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield _Bar(bar)


class _Lines(Told):
    def __init__(self, console: Console) -> None:
        self._console = console

    def program(self, text: str, number: int, total: int) -> None:
        if number == 1 or number % EVERY == 0 or number == total:
            self._line(f"program {number} of {total}")

    def trial(self, message: Begun | Judged, number: int, total: int) -> None:
        if isinstance(message, Judged):
            found = message.finding
            self._line(f"{found.clause} {found.driver.value}: {found.trial}: {found.verdict.value}")

    def _line(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


class _Bar(Told):
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._programs = bar.add_task("programs", total=None)
        self._trials = bar.add_task("trials", total=None)

    def program(self, text: str, number: int, total: int) -> None:
        self._bar.update(self._programs, completed=number - 1, total=total)

    def trial(self, message: Begun | Judged, number: int, total: int) -> None:
        if isinstance(message, Begun):
            self._bar.update(self._trials, description=f"trials {message.clause}", completed=number - 1, total=total)
