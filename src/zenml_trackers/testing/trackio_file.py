"""Trackio's own file of a project, opened past Trackio."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tracker_contracts.observed import ObservedRun

from zenml_trackers.testing import trackio_rows


def _file(project: str) -> Path:
    return Path(os.environ["TRACKIO_DIR"]) / f"{project}.db"


def read(project: str) -> list[ObservedRun]:
    """The runs in the file; none if there is no file."""
    file = _file(project)
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        return trackio_rows.observed(lambda sql: [dict(row) for row in connection.execute(sql)], file.parent, project)


@contextmanager
def locked(project: str) -> Iterator[None]:
    """As if another program wrote to the file for a long time."""
    with closing(sqlite3.connect(_file(project), isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
