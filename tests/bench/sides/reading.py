"""Projects of many runs, read and listed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.bench.sides import Body
from tests.bench.sides.steps import PROJECT, fill, hooks


@contextmanager
def _project(folder: Path, runs: int, rows: int) -> Iterator[Path]:
    """A local Trackio project of so many runs of so many rows."""
    with hooks(folder, "trackio", logs=rows) as body:
        body()
    database = Path(os.environ["TRACKIO_DIR"]) / f"{PROJECT}.db"
    fill(database, runs)
    yield database


@contextmanager
def read(folder: Path, runs: int, rows: int = 20) -> Iterator[Body]:
    """All runs with all their metrics, by `read()`."""
    from zenml_trackers import connect

    with _project(folder, runs, rows):
        yield lambda: sum(len(run.metrics) for run in connect(f"trackio:///{PROJECT}").read())


@contextmanager
def select(folder: Path, runs: int, rows: int = 20) -> Iterator[Body]:
    """All rows of the same project, by one `SELECT`."""
    with _project(folder, runs, rows) as database, closing(sqlite3.connect(database)) as connection:
        yield lambda: connection.execute("SELECT run_id, step, metrics FROM metrics ORDER BY id").fetchall()


@contextmanager
def runs(folder: Path, runs: int, options: tuple[str, ...] = (), rows: int = 20) -> Iterator[Body]:
    """`zenml-trackers runs`, in a process of its own."""
    with _project(folder, runs, rows):
        yield lambda: _command("runs", f"trackio:///{PROJECT}", *options)


def _command(*arguments: str) -> None:
    command = [str(Path(sys.executable).with_name("zenml-trackers")), *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
