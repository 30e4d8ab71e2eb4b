"""The SQLite file of a project, opened once for a run unless somebody else touches it.

Trackio's own `bulk_log` opens it twice for each batch, makes sure of all its tables, and looks for its lock again after
a tenth of a second only. Here SQLite's own locks are enough, since a batch is one transaction. Uses `init_db`,
`get_project_db_path` and `_configure_sqlite_pragmas` of `trackio.sqlite_storage`, and the columns of its tables
`metrics` and `configs` (Trackio 0.24 to 0.43).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from trackio import sqlite_storage
from trackio.sqlite_storage import SQLiteStorage

from zenml_trackers.backends.trackio.held import File, Held, file_at
from zenml_trackers.backends.trackio.others import Others
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.model.times import utc_text

PATIENCE = 30.0
"""Seconds that a locked file is waited for; as Trackio's own."""

ROW = (
    "INSERT OR IGNORE INTO metrics (timestamp, run_id, run_name, step, metrics, log_id)"
    " VALUES (:timestamp, :run_id, :run, :step, :metrics, :log_id)"
)
CONFIG = (
    "INSERT OR REPLACE INTO configs (run_id, run_name, config, created_at) VALUES (:run_id, :run, :config, :timestamp)"
)
NAME = "SELECT run_name FROM metrics WHERE id = ? AND run_id = ?"
FIRST = "SELECT run_name, id FROM metrics WHERE run_id = ? ORDER BY id LIMIT 1"

_made: dict[Path, File] = {}
"""The files of which this process has seen that they have all tables."""


class Database:
    """What a run writes to, made with its first row, and what is read. For one thread at a time."""

    def __init__(self, project: str) -> None:
        """Nothing is opened, or made, yet."""
        self._project = project
        self.path = Path(SQLiteStorage.get_project_db_path(project))
        """Where it is."""
        self.others = Others(self.path)
        """Who else writes to it."""
        self._writer, self._reader = Held(self.path), Held(self.path)
        self._first: int | None = None
        self._file: File | None = None
        """The one that has rows of this run. Another in its place would be made without a word, and has none of them;
        what is in the journal is delivered instead when the next run makes it."""

    def add(self, entries: Sequence[dict[str, Any]]) -> None:
        """Store rows and configs; those rows stay as they are whose ids are stored.

        Raises:
            OSError: It can't be made.
            sqlite3.Error: It can't be written.
            TrackerUnreachable: It was taken away.
        """
        rows = [_row(entry) for entry in entries]
        try:
            self._put(rows)
        except sqlite3.Error as error:
            _made.pop(self.path, None)
            if "no such table" not in str(error):
                raise
            self._put(rows)  # somebody dropped it, and they are made again, as by Trackio's own means
        self._need_file()  # else they went into one that nobody finds any more

    def name_of(self, run_id: str) -> str | None:
        """What a run is called in its first row, which is looked for once: a run may have millions; None without any.

        Raises:
            sqlite3.Error: It can't be read.
            TrackerUnreachable: It was taken away.
        """
        with self.others.set_aside(), self._writer.connected(self._to_write) as connection:
            named = connection.execute(NAME, [self._first, run_id])
            if (found := named.fetchone()) is None:  # Trackio stores all rows anew to rename a run
                found = connection.execute(FIRST, [run_id]).fetchone() or (None, None)
                self._first = found[1]
        return None if found[0] is None else str(found[0])

    def query(self, sql: str) -> list[dict[str, Any]]:
        """The rows that answer a `SELECT`; none if there is no file.

        Raises:
            sqlite3.Error: It can't be read.
        """
        if file_at(self.path) is None:
            return []
        with self._reader.connected(self._opened) as connection:
            found = connection.execute(sql)
            columns = [column[0] for column in found.description]
            return [dict(zip(columns, row, strict=True)) for row in found]

    def close(self) -> None:
        """Let go of the file."""
        with self.others.set_aside():
            self._reader.close()
            self._writer.close()

    def _put(self, rows: Sequence[dict[str, Any]]) -> None:
        with self.others.set_aside(), self._writer.connected(self._to_write) as connection, connection:
            connection.executemany(ROW, rows)
            connection.executemany(CONFIG, [row for row in rows if row["config"]])

    def _to_write(self) -> sqlite3.Connection:
        self._need_file()
        if _made.get(self.path, ()) != file_at(self.path):
            SQLiteStorage.init_db(self._project)
        connection = self._opened()
        sqlite_storage._configure_sqlite_pragmas(connection)
        self._file = _made[self.path] = _need(self.path)
        return connection

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False)

    def _need_file(self) -> None:
        if self._file is not None:
            _need(self.path)


def _row(entry: dict[str, Any]) -> dict[str, Any]:
    config = entry["config"]
    return {
        **entry,
        "timestamp": entry.get("timestamp") or utc_text(time.time()),
        "metrics": orjson.dumps(entry["metrics"]),
        "config": orjson.dumps(config) if config else None,
    }


def _need(path: Path) -> File:
    found = file_at(path)
    if found is None:
        raise TrackerUnreachable(f"Trackio's database {path} was taken away")
    return found
