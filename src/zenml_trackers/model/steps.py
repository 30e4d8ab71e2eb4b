"""Counting the steps of a run, for libraries that don't."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack

from zenml_trackers.errors import UnstorableValue

INT64 = range(-(2**63), 2**63)
"""The steps that most libraries can hold."""


def need_step(names: Iterable[str], step: int, known: range | None) -> None:
    """See that a step is one that a library can hold; None stands for any.

    Raises:
        UnstorableValue: It is not; the message names what belongs to it.
    """
    if known is not None and step not in known:
        named = ", ".join(map(repr, names))
        raise UnstorableValue(f"{named} at step {step}: this tracker's steps are from {known.start} to {known[-1]}.")


class StepCounter:
    """A step that is not given is the one after the highest so far; for all threads together."""

    def __init__(self, last: int = -1) -> None:
        self._next = last + 1
        self._lock = threading.RLock()

    def at(self, step: int | None) -> int:
        """The step of what is logged now, given or not."""
        with self._lock:
            chosen = self._next if step is None else step
            self._next = max(self._next, chosen + 1)
            return chosen

    def reach(self, step: int) -> None:
        """Count on from that step, unless the count is further already."""
        with self._lock:
            self._next = max(self._next, step)

    @property
    def last(self) -> int:
        """The highest so far; 0 if there is none. What is shown beside metrics belongs to it, and uses up none."""
        return max(self._next - 1, 0)


def at_all(counters: Sequence[StepCounter], step: int | None) -> int:
    """The step of what several counters count now, given or not: one that none of them has passed.

    Args:
        counters: In the same order at each call, so that no two calls wait for each other.
        step: As it was given.
    """
    with ExitStack() as held:
        for counter in counters:
            held.enter_context(counter._lock)
        chosen = max(counter._next for counter in counters) if step is None else step
        for counter in counters:
            counter.reach(chosen + 1)
        return chosen
