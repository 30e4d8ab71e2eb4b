"""One call at a time, for what knows no threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from zenml_trackers.errors import TrackerUnreachable

PATIENCE = 60.0
"""Seconds after which a call that has not returned, such as one that copies a large file, is waited for no more."""


class Turns:
    """Calls of several threads, one after the other; one that hangs does not hold up those that come later."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._began = 0.0

    def take(self, call: Callable[[], None]) -> None:
        """Wait for the turn, and make the call.

        Raises:
            TrackerUnreachable: Another call has not returned for a minute.
        """
        if self._began and time.monotonic() - self._began > PATIENCE:
            raise TrackerUnreachable("another call to this run does not return")
        # A lock's own `with` is never torn by what a signal's handler raises; `acquire` with a time limit would be.
        with self._lock:
            outer, self._began = self._began, time.monotonic()
            try:
                call()
            finally:
                self._began = outer
