"""The runs of the tracked steps of this process, as a library's own calls find theirs."""

from __future__ import annotations

import logging
import threading
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from zenml_trackers.port.bounded import is_own_thread
from zenml_trackers.port.nested import is_nested

logger = logging.getLogger("zenml_trackers")

R = TypeVar("R")


class StepRuns(Generic[R]):
    """Who asks gets the run of its own step, and in a thread that knows no step that of the only one, if it is.

    A run that is nested in another one is that of the context of its block alone.
    """

    def __init__(self, library: str) -> None:
        self._library = library
        self._of_context: ContextVar[tuple[tuple[R], ...]] = ContextVar(f"zenml_trackers_{library}", default=())
        self._all: list[tuple[R]] = []
        self._steps: list[tuple[R]] = []
        """Without those that are nested."""
        self._lock = threading.Lock()

    def enter(self, run: R) -> tuple[R]:
        """Make `run` that of this context; what is returned is for `leave`."""
        mark = (run,)
        self._of_context.set((*self._of_context.get(), mark))
        with self._lock:
            self._all = [*self._all, mark]
            self._steps = [*self._steps, *(() if is_nested() else (mark,))]
        return mark

    def leave(self, mark: tuple[R]) -> None:
        """Undo `enter`, whatever the order in which others came and went."""
        self._of_context.set(tuple(each for each in self._of_context.get() if each is not mark))
        with self._lock:
            self._all = [each for each in self._all if each is not mark]
            self._steps = [each for each in self._steps if each is not mark]

    @property
    def all(self) -> list[R]:
        """Those of all steps of the process, oldest first, and those that are nested in them."""
        return [run for (run,) in self._all]

    @property
    def of_steps(self) -> list[R]:
        """Those of all steps alone."""
        return [run for (run,) in self._steps]

    @property
    def of_context(self) -> list[R]:
        """Those of this context; the last is the innermost."""
        alive = self._all  # a thread that outlives its step may have a copy of the step's context
        return [mark[0] for mark in self._of_context.get() if any(mark is each for each in alive)]

    @property
    def here(self) -> R | None:
        """That of the code that asks; None where there is none, or where it could be one of several."""
        if own := self.of_context:
            return own[-1]
        alone = self._steps if len(self._steps) == 1 and not is_own_thread() else ()
        return next((run for (run,) in alone), None)

    @property
    def is_unclear(self) -> bool:
        """Whether it could be one of several."""
        return len(self._steps) > 1 and not self.of_context and not is_own_thread()


class Untaken:
    """What the library's own calls asked for and did not get, since the step's run has it already: each said once."""

    def __init__(self, **has: Any) -> None:
        """Nothing was asked for.

        Args:
            has: What the run has, by what that is; its name at least.
        """
        self.has = {kind: str(value) for kind, value in has.items()}
        self._said: set[tuple[str, str]] = set()

    def tell(self, call: str, **asked: Any) -> None:
        """Warn of what the run has not, and what was not said before.

        Args:
            call: The library's function.
            asked: What it was given, by what that is; nothing is what was left out.
        """
        given = {(kind, str(value)) for kind, value in asked.items() if value}
        news = given - self.has.items() - self._said
        self._said |= news
        if news:
            told = ", ".join(f"the {kind.replace('_', ' ')} {value!r}" for kind, value in sorted(news))
            logger.warning("run %r: %s joined the run of this step; not taken: %s.", self.has["name"], call, told)
