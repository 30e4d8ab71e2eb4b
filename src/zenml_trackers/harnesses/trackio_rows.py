"""Trackio's tables as observed runs, whether they are asked by SQL or through a server."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from tracker_contracts.observed import ObservedMetric, ObservedRun

Rows = list[dict[str, Any]]
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def observed(query: Callable[[str], Rows]) -> list[ObservedRun]:
    """The runs of a project, oldest first.

    Args:
        query: Answers one `SELECT` on the project's tables.
    """
    configs = {
        row["run_id"]: row["config"] for row in query("SELECT run_id, CAST(config AS TEXT) AS config FROM configs")
    }
    alerts = json.dumps(query("SELECT run_id, title, text FROM alerts"))
    runs: dict[str, ObservedRun] = {}
    for row in query("SELECT run_id, run_name, step, CAST(metrics AS TEXT) AS metrics FROM metrics ORDER BY id"):
        if row["run_id"] not in runs:
            runs[row["run_id"]] = _run(row["run_id"], row["run_name"], configs.get(row["run_id"], "{}"), alerts)
        for name, value in json.loads(row["metrics"]).items():
            runs[row["run_id"]].metrics.append(_metric(name, row["step"], value))
    return list(runs.values())


def _run(run_id: str, name: str, stored: str, alerts: str) -> ObservedRun:
    config = json.loads(stored)
    own = {key: value for key, value in config.items() if not key.startswith(("_", "zenml."))}
    return ObservedRun(
        id=run_id,
        name=name,
        state=config.get("zenml.status"),
        error_type=config.get("zenml.error_type"),
        error_message=config.get("zenml.error_message"),
        tags=config.get("zenml.tags", []),
        metadata=config.get("zenml.metadata", {}),
        params={**own, **config.get("zenml.params", {})},
        step=config.get("zenml.step"),
        attempt=config.get("zenml.attempt"),
        everything=stored + alerts,
    )


def _metric(name: str, step: int, value: Any) -> ObservedMetric:
    return ObservedMetric(name=name.removeprefix("__"), step=step, value=SPECIAL.get(value, value))
