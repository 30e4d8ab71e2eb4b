"""Waiting for a tracker, for as long as it gets on, and not much longer."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue

from zenml_trackers.delivery import budgets

Seen = Callable[[], object]


class Patience:
    """The seconds without progress that all tracking of one run may take together."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def wait(
        self,
        over: Callable[[], bool],
        changed: SimpleQueue[None],
        share: float = 1.0,
        own: Seen = lambda: None,
        others: Seen = lambda: None,
    ) -> float:
        """Wait until something is over; the seconds that were waited without any progress.

        Args:
            over: Whether it is.
            changed: Is put something whenever that may have changed.
            share: How much of what is left it may take.
            own: What changes as long as that gets on which is waited for; then the waiting begins anew.
            others: What changes as long as those get on that it may have to wait for; then too, a few times.
        """
        patience = self.left * share
        moved = seen = now = time.monotonic()
        last_own, last_others = own(), others()
        while not over() and now < min(seen + patience, moved + patience * budgets.QUEUE):
            with suppress(queue.Empty):
                changed.get(timeout=max(0.0, min(budgets.LOOK, seen + patience - now)))
            now = time.monotonic()
            if last_own != (last_own := own()):
                moved = seen = now
            if last_others != (last_others := others()):
                seen = now
        self.left = max(0.0, self.left - (now - seen))
        return now - seen
