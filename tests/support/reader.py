"""Reads what Trackio stored, sharing no code with what wrote it: by SQL, from the file or through the server."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.server import TrackioServer

Query = Callable[[str], list[dict[str, Any]]]


@dataclass
class Observed:
    id: str
    name: str
    config: dict[str, Any]
    metrics: list[tuple[str, int, Any]] = field(default_factory=list)
    rows: int = 0
    alerts: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def status(self) -> str:
        return self.config["zenml.status"]

    @property
    def tags(self) -> list[str]:
        return self.config["zenml.tags"]

    @property
    def metadata(self) -> dict[str, Any]:
        return self.config["zenml.metadata"]

    @property
    def error(self) -> tuple[str, str] | None:
        found = self.config.get("zenml.error_type"), self.config.get("zenml.error_message")
        return None if found == (None, None) else found

    @property
    def params(self) -> dict[str, Any]:
        return {key: value for key, value in self.config.items() if not key.startswith(("_", "zenml."))}

    def series(self, name: str) -> list[tuple[int, Any]]:
        return [(step, value) for metric, step, value in self.metrics if metric == name]


def local(project: str) -> list[Observed]:
    file = Path(os.environ["TRACKIO_DIR"]) / f"{project}.db"
    if not file.exists():
        return []

    def query(sql: str) -> list[dict[str, Any]]:
        with sqlite3.connect(file) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]

    return _observe(query)


def remote(server: TrackioServer, project: str) -> list[Observed]:
    if project not in server.ask("get_all_projects"):
        return []
    return _observe(lambda sql: server.ask("query_project", project=project, query=sql)["rows"])


def _observe(query: Query) -> list[Observed]:
    runs: dict[str, Observed] = {}
    for row in query("SELECT run_id, run_name, step, CAST(metrics AS TEXT) AS m FROM metrics ORDER BY id"):
        run = runs.setdefault(row["run_id"], Observed(row["run_id"], row["run_name"], {}))
        values = json.loads(row["m"])
        run.rows += bool(values)
        run.metrics += [(name, row["step"], value) for name, value in values.items()]
    for row in query("SELECT run_id, CAST(config AS TEXT) AS c FROM configs"):
        runs[row["run_id"]].config = json.loads(row["c"])
    for row in query("SELECT run_id, title, text, level FROM alerts ORDER BY id"):
        runs[row["run_id"]].alerts.append((row["title"], row["text"], row["level"]))
    return list(runs.values())
