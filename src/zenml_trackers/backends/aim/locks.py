"""Aim's locks of runs, which a process that is killed leaves behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from weakref import WeakValueDictionary

import psutil  # type: ignore[import-untyped]  # Aim brings it
from aim import Run
from aim.sdk.lock_manager import LockManager
from aimrocks.errors import RocksIOError

from zenml_trackers.errors import TrackerUnreachable

SILENT = 60.0
"""Seconds after which a writer on another machine is taken for dead: while it lives, Aim touches a file every five."""
PATIENCE, LOOK = 10.0, 0.1
"""Seconds that a writer who lives is waited for, and after which it is looked at again."""
ROUNDING = 1.0
"""Seconds by which the beginning of a process may seem later than it was."""
FILE_LOCKED = "While lock file"
"""What RocksDB says of a file that another process has open."""
_Opened = TypeVar("_Opened")
own_runs: WeakValueDictionary[str, Run] = WeakValueDictionary()
"""Those that this process writes to."""


def free(repository: Path, run_id: str) -> None:
    """Break the lock of a run whose writer is no more; one who lives may be done in a moment.

    Raises:
        TrackerUnreachable: Somebody else is writing to the run.
    """
    lock, touched = repository / "locks" / f"{run_id}.softlock", repository / "meta" / "progress" / run_id
    until = time.monotonic() + PATIENCE
    while lock.exists() and _is_held(lock, touched):
        if time.monotonic() > until:
            raise TrackerUnreachable(f"The Aim run {run_id} is being written to by somebody else.")
        time.sleep(LOOK)
    lock.unlink(missing_ok=True)


def patiently(opening: Callable[[], _Opened]) -> _Opened:
    """What `opening` gives: a writer gives up a run's lock a moment before the run's files.

    Raises:
        RocksIOError: It has not given them up, or they can't be opened.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return opening()
        except RocksIOError as error:
            if FILE_LOCKED not in str(error) or time.monotonic() > until:
                raise
            time.sleep(LOOK)


def _is_held(lock: Path, touched: Path) -> bool:
    run_id = lock.stem
    with suppress(ValueError, OSError):  # a process that is killed may leave an empty one
        machine, process, since = lock.read_text().split("-")
        if int(machine) == LockManager.machine_id:
            return run_id in own_runs if int(process) == LockManager.pid else _is_alive(int(process), float(since))
    return time.time() < max(map(_changed, (lock, touched))) + SILENT


def _is_alive(process: int, since: float) -> bool:
    """Whether it is the same process as at that time, and more than what its parent has not looked at yet."""
    try:
        found = psutil.Process(process)
        return bool(found.status() != psutil.STATUS_ZOMBIE and found.create_time() < since + ROUNDING)
    except psutil.AccessDenied:
        return True
    except psutil.Error:
        return False


def _changed(file: Path) -> float:
    return file.stat().st_mtime if file.exists() else 0.0
