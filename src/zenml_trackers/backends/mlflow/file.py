"""Whether a SQLite file can be written to, found out without MLflow."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from zenml_trackers.errors import TrackerUnreachable


def check_file(file: Path) -> None:
    """See that the file can be written to, or made; it is left as it is.

    Raises:
        TrackerUnreachable: It can't.
    """
    try:
        _try_to_write(file)
    except (OSError, sqlite3.Error) as error:
        raise TrackerUnreachable(f"The MLflow database {file} can't be written: {error}.") from error


def _try_to_write(file: Path) -> None:
    if file.exists():
        with closing(sqlite3.connect(file, timeout=1, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        return
    with tempfile.TemporaryFile(dir=next(parent for parent in file.parents if parent.exists())):
        pass
