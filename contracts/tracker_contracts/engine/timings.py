"""Where the time of a check goes, by what is done, by driver and by clause."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from tracker_contracts.clauses import Driver
from tracker_contracts.report.report import Timing

What = Literal["start", "programs", "searches", "trials"]


class Timings:
    """Adds up seconds, from several threads."""

    def __init__(self) -> None:
        """Nothing was done yet."""
        self._seconds: dict[tuple[What, Driver | None, str], list[float]] = {}
        self._lock = threading.Lock()

    def add(self, what: What, seconds: float, driver: Driver | None = None, clause: str = "") -> None:
        """Something was done."""
        with self._lock:
            self._seconds.setdefault((what, driver, clause), []).append(seconds)

    @contextmanager
    def of(self, what: What, driver: Driver | None = None, clause: str = "") -> Iterator[None]:
        """Something is done."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.add(what, time.monotonic() - started, driver, clause)

    def all(self) -> list[Timing]:
        """What took longest first, of each kind."""
        kinds: list[What] = ["start", "programs", "searches", "trials"]
        with self._lock:
            found = [
                Timing(what=what, driver=driver, clause=clause, seconds=round(sum(each), 2), count=len(each))
                for (what, driver, clause), each in self._seconds.items()
            ]
        return sorted(found, key=lambda timing: (kinds.index(timing.what), -timing.seconds))
