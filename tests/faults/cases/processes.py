"""What happens to the process of the step."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.faults import place
from tests.faults.fault import Fault, add
from tests.faults.scene import Scene

ROOM = 64 * 2**20
"""Bytes that a process short of memory may still have."""


def _kill_somewhen(scene: Scene) -> None:
    time.sleep(random.uniform(0.0, 1.5))
    scene.signal(signal.SIGKILL)


def _exit() -> None:
    os._exit(3)


class Unloadable:
    """Can be stored, but not be loaded."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return _raise, ()


def _refuse_metadata(scene: Scene) -> None:
    """Have ZenML's database not take where a run is seen."""
    _in_zenml(
        scene,
        "CREATE TRIGGER full BEFORE INSERT ON run_metadata "
        "WHEN NEW.key = 'experiment_tracker_url' OR NEW.key LIKE '%show_command' "
        "BEGIN SELECT RAISE(ABORT, 'there is no room'); END",
    )


def _in_zenml(scene: Scene, statement: str) -> None:
    (database,) = (scene.folder / place.ZENML).rglob("zenml.db")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def _raise() -> None:
    raise ValueError("disk on fire")


def _use_up_memory() -> None:
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, resource.RLIM_INFINITY))
    bytearray(2 * ROOM)


add(
    Fault("killed", "process", "running", "failed", during=_kill_somewhen, cuts=True, anywhere=True),
    Fault("SIGTERM", "process", "failed", "failed", during=lambda scene: scene.signal(signal.SIGTERM), cuts=True),
    Fault("os._exit(3)", "process", "running", "failed", inside=_exit, cuts=True),
    Fault("an exception", "process", "failed", "failed", inside=_raise, cuts=True),
    Fault("an input that can't be loaded", "process", "failed", "failed", given=Unloadable, cuts=True),
    Fault(
        "metadata that can't be published",
        "process",
        "failed",
        "failed",
        before=_refuse_metadata,
        after=lambda scene: _in_zenml(scene, "DROP TRIGGER full"),
        cuts=True,
        reconciled=True,
    ),
    Fault("an output that can't be stored", "process", "failed", "failed", output=threading.Lock, reconciled=True),
    Fault("out of memory", "process", "failed", "failed", inside=_use_up_memory, cuts=True),
    Fault("chdir, with relative paths", "process", inside=lambda: os.chdir("/"), relative=True),
    Fault("HOME deleted in the middle", "process", during=lambda scene: shutil.rmtree(scene.home)),
)
