"""What other processes do to a project's SQLite file."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zenml_trackers.port.folders import last_written

WAITING = 0.5
"""Seconds after which a use of the file waits for others, and does nothing itself."""


class Others:
    """Tells what others write to a SQLite file from what our own uses do to it, such as one that fails."""

    def __init__(self, database: Path) -> None:
        """Nobody has written to it yet.

        Args:
            database: The file.
        """
        self._database = database
        self._ours = self._last = 0
        self._since = -math.inf

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """What happens to the file in the block is our own doing, unless it waits for others."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._ours, self._since = last_written(self._database), -math.inf

    @property
    def last(self) -> int:
        """When they wrote last, in nanoseconds; 0 if never."""
        written = last_written(self._database)
        if written != self._ours and time.monotonic() > self._since + WAITING:
            self._last = written
        return self._last
