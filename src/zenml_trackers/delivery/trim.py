"""A bound on what journals take of the disk."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from zenml_trackers.delivery import budgets, recovery

logger = logging.getLogger("zenml_trackers")


def trim() -> None:
    """Delete what nobody delivered for too long, and the oldest of what is too much; never that of a living process."""
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
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def age_of(folder: Path) -> float:
    """Seconds since anything was added to a journal."""
    return time.time() - max((path.stat().st_mtime for path in folder.glob("*")), default=time.time())


def _why(age: float, total: int) -> str:
    if age > budgets.KEPT_FOR:
        return f"nobody could deliver it for {age / budgets.DAY:.0f} days"
    return f"all that is left takes over {budgets.MOST_BYTES / 2**30:.0f} GiB" if total > budgets.MOST_BYTES else ""
