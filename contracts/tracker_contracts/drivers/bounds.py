"""Bounds what a trial costs in time: a slow tracker is tried with fewer examples, and never with none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

LEAST = 20.0
EACH = 2.0
"""Seconds that the search for a counterexample may take, and for each example that the profile gives on top."""
SHRINKING = 6.0
"""Seconds, from the beginning of the first example that fails, to find a smaller one."""


class Enough(BaseException):
    """The time is up; no `Exception`, so that it ends a search of Hypothesis at once."""


class Bounds:
    """Counts examples and seconds of one trial, and keeps the last failure."""

    def __init__(self, wanted: int) -> None:
        """It begins now.

        Args:
            wanted: Examples that the profile gives the trial.
        """
        self._until = time.monotonic() + LEAST + EACH * wanted
        self.wanted = wanted
        self._example = time.monotonic()
        self.begun = 0
        self.failure: Exception | None = None
        self.notes: list[str] = []
        """What was noted in the example that goes on, or was the last."""
        self.story: list[str] = []
        """The last example that failed: how it was called, and what was noted in it."""

    def begin(self) -> None:
        """An example begins.

        Raises:
            Enough: There is no time for it, and it is not the first.
        """
        if self.begun and time.monotonic() > self._until:
            raise Enough
        self.begun += 1
        self._example = time.monotonic()
        self.notes.clear()

    @contextmanager
    def attempt(self, what: Callable[[], str] = str) -> Iterator[None]:
        """Part of an example, which may fail; `what` tells the example if it does.

        Raises:
            Enough: It failed, and there is no time to find a smaller one.
        """
        try:
            yield
        except Exception as failure:
            if self.failure is None:
                self._until = self._example + SHRINKING
            self.failure, self.story = failure, [text for text in (what(), *self.notes) if text]
            if time.monotonic() > self._until:
                raise Enough from failure
            raise

    @property
    def why_fewer(self) -> str:
        """What is to be told if the time was up before all examples were tried and none failed."""
        return f"the tracker is slow: the time was up after {self.begun} of {self.wanted} examples"


def bounded(body: Callable[..., None], bounds: Bounds) -> Callable[..., None]:
    """The trial's function, with bounds on all its examples."""

    @wraps(body)
    def example(*world: Any, **drawn: Any) -> None:
        bounds.begin()
        with bounds.attempt(lambda: f"Failing test case: {_call(body, *world, **drawn)}"):
            body(*world, **drawn)

    return example


def _call(body: Callable[..., None], *world: Any, **drawn: Any) -> str:
    arguments = [*map(repr, world), *(f"{name}={value!r}" for name, value in drawn.items())]
    return f"{body.__name__}({', '.join(arguments)})"
