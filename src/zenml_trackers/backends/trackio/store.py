"""A project's rows, wherever they are kept.

Uses the columns of Trackio's tables `metrics` and `configs`, and `deserialize_values` and `serialize_values` of
`trackio.utils` (0.24 to 0.43).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
from trackio.utils import deserialize_values, serialize_values

from zenml_trackers.backends.trackio.target import Target

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

    at_once = PAGE
    """Runs asked for at once."""
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
        rows: list[dict[str, Any]] = []
        while len(rows) % self.at_once == 0:
            page = self.query(
                "SELECT m.run_id AS id, m.first, a.run_name AS name, CAST(c.config AS TEXT) AS config, "
                "m.rows, m.started, m.logged, c.created_at AS put "
                "FROM (SELECT run_id, MIN(id) AS first, COUNT(*) AS rows, MIN(timestamp) AS started, "
                f"MAX(timestamp) AS logged FROM metrics {where}GROUP BY run_id) AS m "
                "JOIN metrics AS a ON a.id = m.first LEFT JOIN configs AS c ON c.run_id = m.run_id "
                f"WHERE m.first > {rows[-1]['first'] if rows else -1} ORDER BY m.first LIMIT {self.at_once}"
            )
            rows += [{**row, "config": orjson.loads(row["config"] or "{}")} for row in page]
            if not page:
                break
        return rows

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


def _values(text: str) -> dict[str, Any]:
    """Those of a row, in which Trackio writes NaN and the infinities as text."""
    values: dict[str, Any] = orjson.loads(text)
    return deserialize_values(values) if 'NaN"' in text or 'Infinity"' in text else values
