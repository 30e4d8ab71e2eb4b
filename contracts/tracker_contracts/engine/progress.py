"""Shows how far a check is: a bar with the time that is left on a terminal, a line now and then anywhere else."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from tracker_contracts.engine.messages import Begun, Judged

EVERY = 50
"""Programs after which a line tells of them."""
SOME = 10
"""Searches after which a line tells of them."""
MINUTES = 100.0
"""Seconds from which on an estimate is told in minutes."""


class Told:
    """What a check tells of itself; this one keeps it to itself."""

    def program(self, text: str, number: int, total: int, budget: float) -> None:
        """A program begins, of so many that there are if the seconds of the budget last."""

    def search(self, number: int, total: int) -> None:
        """The search for smaller programs that show one kind of defect begins."""

    def trial(self, message: Begun | Judged, number: int, total: int) -> None:
        """A trial began or ended, of so many clauses."""

    def over(self) -> None:
        """All is tried: the report comes now."""


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


class Estimate:
    """How long a row of things will take, from how long those took that are done."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing has begun yet."""
        self._clock = clock
        self._began: float | None = None

    def left(self, number: int, total: int, budget: float = math.inf) -> str:
        """What to say when the number-th of so many begins: about how long the rest takes; nothing at the first.

        None begins any more when as many seconds as the budget has are over.
        """
        now = self._clock()
        if self._began is None or number <= 1:
            self._began = now
            return ""
        spent = now - self._began
        seconds = min(spent / (number - 1) * (total - number + 1), max(budget - spent, 0.0))
        return f", about {seconds / 60:.0f} min left" if seconds >= MINUTES else f", about {seconds:.0f} s left"


class _Lines(Told):
    def __init__(self, console: Console) -> None:
        self._console = console
        self._programs, self._searches, self._trials = Estimate(), Estimate(), Estimate()
        self._clause = 0

    def program(self, text: str, number: int, total: int, budget: float) -> None:
        left = self._programs.left(number, total, budget)
        if number == 1 or number % EVERY == 0 or number == total:
            self._line(f"program {number} of {total}{left}")

    def search(self, number: int, total: int) -> None:
        left = self._searches.left(number, total)
        if number == 1 or number % SOME == 0:
            self._line(f"looking for the smallest program, {number} of {total}{left}")

    def trial(self, message: Begun | Judged, number: int, total: int) -> None:
        if isinstance(message, Judged):
            found = message.finding
            left = self._trials.left(number, total) if number > self._clause else ""
            self._clause = max(self._clause, number)
            self._line(f"{found.clause} {found.driver.value}: {found.trial}: {found.verdict.value}{left}")

    def _line(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


class _Bar(Told):
    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._programs = bar.add_task("programs", total=None)
        self._searches = bar.add_task("smallest programs", total=None, visible=False)
        self._trials = bar.add_task("trials", total=None)

    def over(self) -> None:
        self._bar.stop()

    def program(self, text: str, number: int, total: int, budget: float) -> None:
        self._bar.update(self._programs, completed=number - 1, total=total)

    def search(self, number: int, total: int) -> None:
        self._bar.update(self._searches, completed=number - 1, total=total, visible=True)

    def trial(self, message: Begun | Judged, number: int, total: int) -> None:
        if isinstance(message, Begun):
            self._bar.update(self._trials, description=f"trials {message.clause}", completed=number - 1, total=total)
