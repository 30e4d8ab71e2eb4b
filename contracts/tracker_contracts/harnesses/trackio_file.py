"""Trackio's local file of a project as observed runs, read by SQL."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tracker_contracts.observed import ObservedMetric, ObservedRun

TAGS = "zenml_tags"
"""The name under which ZenML's own flavor logs the tags, as if they were a metric."""
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def observed(file: Path) -> list[ObservedRun]:
    """The runs that a file holds, oldest first; none if there is no such file."""
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as database:
        configs = dict(database.execute("SELECT run_id, CAST(config AS TEXT) FROM configs"))
        runs: dict[str, ObservedRun] = {}
        rows = "SELECT run_id, run_name, step, CAST(metrics AS TEXT) FROM metrics ORDER BY id"
        for run_id, name, step, metrics in database.execute(rows):
            run = runs.setdefault(run_id, _run(run_id, name, configs.get(run_id, "{}")))
            _add(run, step, json.loads(metrics))
            run.everything += metrics
    return list(runs.values())


def _run(run_id: str, name: str, stored: str) -> ObservedRun:
    config = json.loads(stored)
    own = {key: value for key, value in config.items() if key != "zenml" and not key.startswith("_")}
    step = config.get("zenml", {}).get("step_name")
    return ObservedRun(id=run_id, name=name, params=own, step=step, everything=stored)


def _add(run: ObservedRun, step: int, metrics: dict[str, Any]) -> None:
    for name, value in metrics.items():
        number = SPECIAL.get(value, value) if isinstance(value, str) else value
        if name == TAGS and isinstance(value, list):
            run.tags += value
        # What is no number was stored as a metric all the same: it shows as NaN.
        shown = number if isinstance(number, (int, float)) else math.nan
        run.metrics.append(ObservedMetric(name=name.removeprefix("__"), step=step, value=shown))
