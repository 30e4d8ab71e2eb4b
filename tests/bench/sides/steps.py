"""Steps on a flavor, ours or ZenML's own: its hooks, called in the order of ZenML's step runner."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from tracker_contracts.drivers.direct import component_of, info_of
from tracker_contracts.drivers.world import flavor_of
from tracker_contracts.engine.smoke import made
from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.programs.plan import StepPlan

from tests.bench.sides import Body

PROJECT = "bench"


@contextmanager
def hooks(folder: Path, tracker: str, before: int = 0, logs: int = 0) -> Iterator[Body]:
    """A step's three hooks, with so many logs in it, in a project that has so many runs."""
    with tracked(folder, tracker) as (harness, component):

        def body() -> None:
            info = info_of(flavor_of(harness), StepPlan(run=f"run-{uuid4().hex[:8]}"))
            component.prepare_step_run(info)
            for row in range(logs):
                harness.log_metrics({"loss": float(row)}, row)
            component.get_step_run_metadata(info)
            component.cleanup_step_run(info, False)

        if before:
            body()
            fill(Path(os.environ["TRACKIO_DIR"]) / f"{PROJECT}.db", before)
        yield body


@contextmanager
def log(folder: Path, tracker: str, rows: int) -> Iterator[Body]:
    """So many calls of `get_run().log` in a step, without its hooks."""
    from zenml_trackers import get_run

    with tracked(folder, tracker) as (harness, component):
        info = info_of(flavor_of(harness), StepPlan(run="run"))
        component.prepare_step_run(info)

        def body() -> None:
            for row in range(rows):
                get_run().log({"loss": 0.5 * row, "accuracy": 0.25 * row})

        yield body
        component.cleanup_step_run(info, False)


@contextmanager
def tracked(folder: Path, tracker: str) -> Iterator[tuple[TrackerHarness, Any]]:
    """A component of a tracker, by its harness."""
    harness = made(tracker)
    os.environ.update(harness.environment(folder))
    harness.start(folder)
    try:
        yield harness, component_of(flavor_of(harness), harness.config(Place(folder, PROJECT)))
    finally:
        harness.stop()


def fill(database: Path, runs: int) -> None:
    """Have so many copies of the runs in a Trackio project, one row after the other."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TEMP TABLE copies AS SELECT * FROM metrics")
        numbers = f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {runs}) SELECT n FROM c)"
        connection.execute(
            "INSERT INTO metrics (timestamp, run_id, run_name, step, metrics) SELECT timestamp, run_id || '-' || n,"
            f" run_name || '-' || n, step, metrics FROM {numbers}, copies"
        )
        connection.execute(
            "INSERT INTO configs (run_id, run_name, config, created_at) SELECT run_id || '-' || n,"
            f" run_name || '-' || n, config, created_at FROM {numbers}, (SELECT * FROM configs LIMIT 1)"
        )
