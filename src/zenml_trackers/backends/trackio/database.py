"""The SQLite file of a project, opened once for each batch of rows.

Trackio's own `bulk_log` opens it twice for each batch, makes sure of all its tables, and looks for its lock again after
a tenth of a second only. Here SQLite's own locks are enough, since a batch is one transaction. The file is not kept
open: who has it open does not see that others damage it. Uses `init_db`, `get_project_db_path` and
`_configure_sqlite_pragmas` of `trackio.sqlite_storage`, and the columns of its tables `metrics` and `configs` (Trackio
0.24 to 0.43).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
from trackio import sqlite_storage
from trackio.sqlite_storage import SQLiteStorage

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

File = tuple[int, int]
"""Which one it is, whatever has its name later: the numbers of its device and of its inode."""

_made: dict[Path, File] = {}
"""The files of which this process has seen that they have all tables."""


class Database:
    """What a run writes to, made with its first row, and what is read. For one thread at a time."""

    def __init__(self, project: str) -> None:
        """Nothing is opened, or made, yet."""
        self._connection: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._read: File | None = None
        self._project = project
        self.path = Path(SQLiteStorage.get_project_db_path(project))
        """Where it is."""
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
            self.close()
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
        with self._connected() as connection:
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
        file = _file(self.path)
        if file is None:
            return []
        if self._reader is None or file != self._read:
            self._let_go_of_reader()
            self._reader, self._read = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False), file
        found = self._reader.execute(sql)
        columns = [column[0] for column in found.description]
        return [dict(zip(columns, row, strict=True)) for row in found]

    def close(self) -> None:
        """Let go of the file."""
        self._let_go_of_reader()
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _let_go_of_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    __del__ = close  # of a run that nobody waited for

    def _put(self, rows: Sequence[dict[str, Any]]) -> None:
        with self._connected() as connection, connection:
            connection.executemany(ROW, rows)
            connection.executemany(CONFIG, [row for row in rows if row["config"]])

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use: one that is kept does not see that others damaged the file."""
        try:
            yield self._open()
        finally:
            self.close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or _file(self.path) != self._file:
            self.close()
            self._need_file()
            if _made.get(self.path, ()) != _file(self.path):
                SQLiteStorage.init_db(self._project)
            self._connection = sqlite3.connect(self.path, timeout=PATIENCE, check_same_thread=False)
            sqlite_storage._configure_sqlite_pragmas(self._connection)
            self._file = _made[self.path] = _need(self.path)
        return self._connection

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


def _file(path: Path) -> File | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino


def _need(path: Path) -> File:
    found = _file(path)
    if found is None:
        raise TrackerUnreachable(f"Trackio's database {path} was taken away")
    return found
