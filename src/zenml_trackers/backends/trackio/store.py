"""A project's rows, where they are kept: in the SQLite file of this machine, or behind a server.

Uses `trackio.sqlite_storage.SQLiteStorage` (Trackio 0.24 to 0.43), and for the files of artifacts `trackio.cas` (0.30
to 0.43).
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from trackio import utils
from trackio.sqlite_storage import SQLiteStorage
from trackio.utils import deserialize_values, serialize_values

from zenml_trackers.backends.trackio.database import Database
from zenml_trackers.backends.trackio.target import Target
from zenml_trackers.errors import TrackerError, TrackerUnreachable
from zenml_trackers.model.times import utc_text

ANCHOR = "-anchor"
"""How the id of the row ends that brings a run's config, and has no metrics."""
PAGE = 5000
"""Rows asked for at once; Trackio answers with at most 10,000."""
TOGETHER = 1000
"""Runs asked for at once, at most."""
ANCHOR_STEP = -1
"""Before every step of a user's: the row that lets a run exist takes no step from it."""

Row = tuple[int, dict[str, Any]]
"""The metric step of a row, and its values."""


class Store(ABC):
    """Reads and writes what a run of Trackio's own would not."""

    look_after = 0.0
    """Seconds after which `name_of` is to be asked again; where it costs little, before each batch."""

    def __init__(self, target: Target) -> None:
        self.target = target

    @property
    def tells_names(self) -> bool:
        """Whether `name_of` knows of what was stored just now."""
        return True

    def name_of(self, run_id: str) -> str | None:
        """What a run is called by now, since the dashboard can rename it; None if it was deleted there.

        Raises:
            TrackerUnreachable: It may be told in a moment.
        """
        rows = self.query(f"SELECT run_name FROM metrics WHERE run_id = {quoted(run_id)} ORDER BY id LIMIT 1")
        return str(rows[0]["run_name"]) if rows else None

    def config_row(self, run_id: str, run_name: str, config: dict[str, Any]) -> dict[str, Any]:
        """The row that brings a run's config.

        Trackio takes a config only beside a row, and a run is there only if it has one. This row has no metrics, and
        a fixed id, so that it stays the only one of its kind however often the config changes.
        """
        return {
            "project": self.target.project,
            "run": run_name,
            "run_id": run_id,
            "metrics": {},
            "step": ANCHOR_STEP,
            "config": serialize_values(config),
            "log_id": f"{run_id}{ANCHOR}",
        }

    def put(self, entry: dict[str, Any]) -> None:
        """Store one row with its config."""
        self.add([entry])

    @abstractmethod
    def add(self, entries: Sequence[dict[str, Any]]) -> None:
        """Store rows of one run, of which those stay as they are whose ids are stored; return when that is done.

        Raises:
            TrackerUnreachable: It may work in a moment.
        """

    def others(self) -> int:
        """A number that changes as long as the store takes anything, from whatever process."""
        return 0

    def close(self) -> None:
        """Let go of what was kept open: the run is over."""

    @abstractmethod
    def query(self, sql: str) -> list[dict[str, Any]]:
        """The rows that answer one `SELECT` on the project; none if there is no such project."""

    @abstractmethod
    def projects(self) -> list[str]:
        """The names of all projects."""

    def runs(self, run_id: str | None = None) -> list[dict[str, Any]]:
        """`id`, `name`, `config`, how many `rows`, and times of each run, oldest first; or of one alone.

        A run that is renamed may get rows of its old name after that; the first has the new one.

        These are `started` and `logged`, of its first and last row, and `put`, when its config was put last: in
        Trackio's append-only mode, when that was imported.
        """
        where = f"WHERE run_id = {quoted(run_id)} " if run_id is not None else ""
        rows = self.query(
            "SELECT m.run_id AS id, a.run_name AS name, CAST(c.config AS TEXT) AS config, "
            "m.rows, m.started, m.logged, c.created_at AS put FROM (SELECT run_id, MIN(id) AS first, COUNT(*) AS rows, "
            f"MIN(timestamp) AS started, MAX(timestamp) AS logged FROM metrics {where}"
            "GROUP BY run_id) AS m "
            "JOIN metrics AS a ON a.id = m.first "
            "LEFT JOIN configs AS c ON c.run_id = m.run_id ORDER BY m.first"
        )
        return [{**row, "config": orjson.loads(row["config"] or "{}")} for row in rows]

    def named(self, name: str) -> list[dict[str, Any]]:
        """As `runs`, those of one name; the others are not looked at, of which there may be many."""
        ids = self.query(f"SELECT run_id FROM metrics WHERE run_name = {quoted(name)} GROUP BY run_id ORDER BY MIN(id)")
        found = (row for each in ids for row in self.runs(each["run_id"]))
        return [row for row in found if row["name"] == name]

    def metrics_of(self, runs: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Iterable[Row]]]:
        """Each of `runs`, as that method has them, with its rows as `metrics` has them; small ones are asked for
        together.
        """
        for some in _together(runs):
            rows = self._rows_of(some) if len(some) > 1 else None
            for run in some:
                yield run, self.metrics(run["id"]) if rows is None else rows[run["id"]]

    def _rows_of(self, runs: Sequence[dict[str, Any]]) -> dict[str, list[Row]] | None:
        """By the runs' ids; None if they have got too many since they were counted."""
        found: dict[str, list[Row]] = {run["id"]: [] for run in runs}
        page = self.query(
            "SELECT run_id, step, CAST(metrics AS TEXT) AS metrics FROM metrics "
            f"WHERE run_id IN ({', '.join(map(quoted, found))}) ORDER BY id LIMIT {PAGE}"
        )
        for row in page:
            found[row["run_id"]].append((row["step"], _values(row["metrics"])))
        return found if len(page) < PAGE else None

    def metrics(self, run_id: str) -> Iterator[Row]:
        """Step and values of each logged row of a run, in the order in which they were logged."""
        last = -1
        while True:
            page = self.query(
                f"SELECT id, step, CAST(metrics AS TEXT) AS metrics FROM metrics "
                f"WHERE run_id = {quoted(run_id)} AND id > {last} ORDER BY id LIMIT {PAGE}"
            )
            for row in page:
                yield row["step"], _values(row["metrics"])
            if len(page) < PAGE:
                return
            last = page[-1]["id"]

    @abstractmethod
    def picture(self, path: str, folder: Path) -> Path:
        """The file of a picture that a row names; fetched into `folder` if it is not on this machine."""

    @abstractmethod
    def fetch_blob(self, digest: str, file: Path) -> None:
        """Store the content that Trackio keeps under a digest in `file`."""


def _together(runs: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Runs of less than a page of rows together, or one of more."""
    some: list[dict[str, Any]] = []
    rows = 0
    for run in runs:
        rows += run["rows"]
        if some and (rows >= PAGE or len(some) == TOGETHER):
            yield some
            some, rows = [], run["rows"]
        some.append(run)
    if some:
        yield some


def quoted(text: str) -> str:
    """The text as SQL has it: what asks a server takes no parameters."""
    return "'" + text.replace("'", "''") + "'"


class LocalStore(Store):
    """The SQLite files under `TRACKIO_DIR`."""

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


def _values(text: str) -> dict[str, Any]:
    """Those of a row, in which Trackio writes NaN and the infinities as text."""
    values: dict[str, Any] = orjson.loads(text)
    return deserialize_values(values) if 'NaN"' in text or 'Infinity"' in text else values


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
