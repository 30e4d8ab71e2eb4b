"""One call at a time, for what knows no threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from zenml_trackers.errors import TrackerUnreachable

PATIENCE = 60.0
"""Seconds that a call waits for another one to return, such as one that copies a large file."""


class Turns:
    """Calls of several threads, one after the other; one that hangs holds the others up once, not each of them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._patience = PATIENCE

    @contextmanager
    def next(self) -> Iterator[None]:
        """Wait for the turn, and have it in the block.

        Raises:
            TrackerUnreachable: Another call has not returned in time.
        """
        if not self._lock.acquire(timeout=self._patience):
            self._patience = 0.0
            raise TrackerUnreachable("another call to this run does not return")
        try:
            yield
        finally:
            self._lock.release()
