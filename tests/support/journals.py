"""What is in journals, for tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from zenml_trackers.delivery import place
from zenml_trackers.delivery.cursor import Cursor
from zenml_trackers.delivery.journal import Journal
from zenml_trackers.model.records import Logged


def soon(happens: Callable[[], object]) -> bool:
    """Whether it does within a few seconds, such as when a thread wakes up."""
    until = time.monotonic() + 5
    while not (happened := happens()) and time.monotonic() < until:
        time.sleep(0.01)
    return bool(happened)


def folders() -> list[Path]:
    """Those of all journals that are there."""
    return list(place.folders(place.root()))


def records_in(folder: Path) -> list[Logged]:
    """What is in a journal that nobody holds any more, or will hold in a moment."""
    found: list[Logged] = []

    def is_read() -> bool:
        with suppress(BlockingIOError):
            journal = Journal(folder)
            found.extend(Cursor(journal).next(100_000))
            journal.close()
        return bool(found)

    assert soon(is_read)
    return found
