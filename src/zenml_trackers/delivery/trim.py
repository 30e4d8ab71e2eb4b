"""A bound on what journals take of the disk."""

from __future__ import annotations

import logging
import shutil
import time
from contextlib import suppress
from pathlib import Path

from zenml_trackers.delivery import budgets, place, recovery
from zenml_trackers.delivery.journal import HEADER, RECORDS, UNSEEN

logger = logging.getLogger("zenml_trackers")


def trim() -> None:
    """Delete what nobody delivered for too long, and the oldest of what is too much; never that of a living process."""
    for folder in place.root().glob(f"{UNSEEN}*"):
        if age_of(folder) > budgets.DAY:  # a process was killed while it made its journal
            shutil.rmtree(folder, ignore_errors=True)
    total = 0
    for left in reversed(list(recovery.left())):
        total += size_of(left.folder)
        age = age_of(left.folder)
        why = _why(age, total)
        journal = recovery.taken(left.folder) if why else None
        if journal is not None:
            journal.delete()
            spec = left.header.spec
            logger.warning("What is left of the run %r for %s is deleted: %s.", spec.name, left.header.trackers[0], why)


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # whoever delivers it takes files away meanwhile
            total += path.lstat().st_size
    return total


def age_of(folder: Path) -> float:
    """Seconds since anything was logged into a journal; senders write into it too whenever they try."""
    found = [folder / HEADER, folder / RECORDS]
    with suppress(OSError):
        return time.time() - max((path.stat().st_mtime for path in found if path.exists()), default=time.time())
    return 0.0


def _why(age: float, total: int) -> str:
    if age > budgets.KEPT_FOR:
        return f"nobody could deliver it for {age / budgets.DAY:.0f} days"
    return f"all that is left takes over {budgets.MOST_BYTES / 2**30:.0f} GiB" if total > budgets.MOST_BYTES else ""
