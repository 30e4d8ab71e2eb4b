"""A project's rows in the SQLite file of this machine.

Uses `trackio.sqlite_storage.SQLiteStorage` (Trackio 0.24 to 0.43), and for the files of artifacts `trackio.cas` (0.30
to 0.43).
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from trackio import utils
from trackio.sqlite_storage import SQLiteStorage

from zenml_trackers.backends.trackio.database import Database
from zenml_trackers.backends.trackio.store import Store
from zenml_trackers.backends.trackio.target import Target
from zenml_trackers.errors import TrackerError, TrackerUnreachable
from zenml_trackers.model.times import utc_text


class LocalStore(Store):
    """The SQLite files under `TRACKIO_DIR`."""

    at_once = 10**9  # nobody counts the rows of an answer
    fragments: Any = None
    """The run's own writer of append-only files: of its configs the last one that this wrote is the one that counts."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._database = Database(target.project)

    def add(self, entries: Sequence[dict[str, Any]]) -> None:
        try:
            if self._inbox:
                _add_to_inbox(entries, self.fragments)
            elif utils.on_spaces():
                _add_by_the_shared_connection(entries)
            else:
                self._database.add(entries)
        except (OSError, sqlite3.Error) as error:
            raise TrackerUnreachable(f"Trackio's folder can't be written ({error}); set TRACKIO_DIR") from error

    @property
    def tells_names(self) -> bool:
        return not self._inbox  # what is in there can't be asked for yet

    @cached_property
    def _inbox(self) -> bool:
        """Whether Trackio keeps to append-only files, as it does on a network file system (from 0.27)."""
        mode = getattr(utils, "get_storage_mode", None)
        return mode is not None and mode() == "jsonl"

    def name_of(self, run_id: str) -> str | None:
        if utils.on_spaces():
            return super().name_of(run_id)
        try:
            return self._database.name_of(run_id)
        except sqlite3.Error as error:
            raise TrackerUnreachable(f"Trackio's folder can't be read ({error})") from error

    def others(self) -> int:
        return self._database.others.last

    def close(self) -> None:
        self._database.close()

    def projects(self) -> list[str]:
        return list(SQLiteStorage.get_projects())

    def query(self, sql: str) -> list[dict[str, Any]]:
        try:
            return (
                _by_the_shared_connection(self.target.project, sql) if utils.on_spaces() else self._database.query(sql)
            )
        except sqlite3.Error as error:
            raise TrackerUnreachable(f"Trackio's folder can't be read ({error})") from error

    def picture(self, path: str, folder: Path) -> Path:
        media = Path(utils.MEDIA_DIR).resolve()
        file = (media / path).resolve()
        if not file.is_relative_to(media):
            raise TrackerError(f"the picture {path!r} is outside of Trackio's folder, and can't be read")
        return file

    def fetch_blob(self, digest: str, file: Path) -> None:
        from trackio import cas

        try:
            shutil.copyfile(cas.blob_path(self.target.project, digest), file)
        except FileNotFoundError as error:
            raise TrackerError(f"Trackio no longer has the artifact's file {file.name!r}") from error


def _add_to_inbox(entries: Sequence[dict[str, Any]], writer: Any) -> None:
    from trackio import fragments

    now = utc_text(time.time())
    writer.write_local([fragments.metric_record({"timestamp": now, **entry}) for entry in entries])


def _by_the_shared_connection(project: str, sql: str) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = SQLiteStorage.query_project(project, sql, max_rows=10**9)["rows"]
    except FileNotFoundError:
        return []
    return rows


def _add_by_the_shared_connection(entries: Sequence[dict[str, Any]]) -> None:
    """On a Space Trackio has one connection a process, since locks of files don't hold there."""
    now, first = utc_text(time.time()), entries[0]
    SQLiteStorage.bulk_log(
        project=first["project"],
        run=first["run"],
        run_id=first["run_id"],
        metrics_list=[entry["metrics"] for entry in entries],
        steps=[entry["step"] for entry in entries],
        timestamps=[entry.get("timestamp", now) for entry in entries],
        log_ids=[entry["log_id"] for entry in entries],
        config=first["config"],
    )
