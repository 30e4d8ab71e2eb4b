"""MLflow's SQLite database as observed runs, read by SQL."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

from tracker_contracts.observed import ObservedMetric, ObservedRun, State

STATES: dict[str, State] = {"RUNNING": "running", "FINISHED": "finished", "FAILED": "failed", "KILLED": "failed"}
RUNS = """
    SELECT runs.run_uuid, runs.name, runs.status FROM runs JOIN experiments USING (experiment_id)
    WHERE experiments.name = ? AND runs.lifecycle_stage = 'active' ORDER BY runs.rowid
"""
PARENT = "mlflow.parentRunId"
LABEL = "label-"


def labels(tags: Iterable[str]) -> dict[str, str]:
    """The contract's tags as MLflow has them, with a key and a value: equal ones share a key."""
    return {f"{LABEL}{sha256(str(tag).encode(errors='surrogatepass')).hexdigest()[:16]}": tag for tag in tags}


def observed(file: Path, experiment: str) -> list[ObservedRun]:
    """The runs of an experiment, oldest first; none if there is no database yet."""
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as database:
        return [_run(database, *found) for found in database.execute(RUNS, [experiment]).fetchall()]


def _run(database: sqlite3.Connection, run_id: str, name: str, status: str) -> ObservedRun:
    tags = dict(_of(database, "SELECT key, value FROM tags WHERE run_uuid = ? ORDER BY rowid", run_id))
    params = dict(_of(database, "SELECT key, value FROM params WHERE run_uuid = ? ORDER BY rowid", run_id))
    return ObservedRun(
        id=run_id,
        name=name,
        state=STATES.get(status),
        # a tag that is no text may be stored as nothing
        tags=[value for key, value in tags.items() if key.startswith(LABEL) and value is not None],
        params=params,
        metrics=_metrics(database, run_id),
        parent=tags.get(PARENT),
        everything=f"{name} {tags} {params}",
    )


def _metrics(database: sqlite3.Connection, run_id: str) -> list[ObservedMetric]:
    rows = "SELECT key, step, value, is_nan FROM metrics WHERE run_uuid = ? ORDER BY rowid"
    return [
        ObservedMetric(name=key, step=step, value=math.nan if is_nan else value)
        for key, step, value, is_nan in _of(database, rows, run_id)
    ]


def _of(database: sqlite3.Connection, rows: str, run_id: str) -> list[Any]:
    return database.execute(rows, [run_id]).fetchall()
