"""What happens to the folder or the database that the runs are in."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing, suppress
from io import FileIO

from tests.faults.fault import Fault, add
from tests.faults.scene import Scene

LOCKED = 5.0
"""Seconds for which another process has the database."""
ON_SQLITE = ("trackio", "zenml-trackio", "mlflow", "zenml-mlflow")


def _delete(scene: Scene) -> None:
    for each in scene.store.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()


def _lock(scene: Scene) -> None:
    with closing(sqlite3.connect(scene.database, timeout=10, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        scene.go_on()
        time.sleep(LOCKED)


def _corrupt(scene: Scene) -> None:
    with scene.database.open("r+b") as file:
        file.write(b"no database any more" * 1000)


def _take_the_corrupt_away(scene: Scene) -> None:
    for each in scene.database.parent.glob(f"{scene.database.name}*"):
        each.unlink()


def _fill(scene: Scene) -> None:
    with scene.filler.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            _fill_by(file, bytes(size))


def _fill_by(file: FileIO, piece: bytes) -> None:
    with suppress(OSError):  # no space left, as it should be
        while file.write(piece) == len(piece):
            pass


add(
    Fault(
        "read-only folder",
        "store",
        before=lambda scene: scene.remount("ro"),
        after=lambda scene: scene.remount("rw"),
        mounted=True,
    ),
    Fault("folder emptied in the middle", "store", during=_delete),
    Fault("database locked for 5 s", "store", during=_lock, on=ON_SQLITE),
    Fault("database corrupt, then taken away", "store", during=_corrupt, after=_take_the_corrupt_away, on=ON_SQLITE),
    Fault("disk full", "store", during=_fill, after=lambda scene: scene.filler.unlink(), mounted=True),
)
