"""Runs as MLflow stored them, read back."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from zenml_trackers.backends.mlflow import layout
from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.model import document
from zenml_trackers.model.records import Status
from zenml_trackers.model.stored import MetricPoint, StoredRun
from zenml_trackers.model.times import utc

STATES = {"FINISHED": Status.FINISHED, "FAILED": Status.FAILED, "KILLED": Status.FAILED}
"""All others mean that it still runs."""
OLDEST_FIRST = ["attributes.start_time ASC"]
RUNS_AT_ONCE = 500
NO_RUN = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""What MLflow says of an id that no run has, or can have."""
EXPERIMENTS_AT_ONCE = 1000
POINTS_AT_ONCE = 5000
"""Few enough for a request that has to be answered in time; a release that has no pages gives all."""


def experiments(place: Place) -> Iterator[str]:
    """The names of MLflow's experiments, without those that were deleted there."""
    token: str | None = ""
    while token is not None:
        page = place.store.search_experiments(max_results=EXPERIMENTS_AT_ONCE, page_token=token or None)
        yield from (experiment.name for experiment in page)
        token = page.token or None


def runs(place: Place, project: str) -> Iterator[Any]:
    """MLflow's runs of an experiment, without those that were deleted there, oldest first."""
    from mlflow.entities import ViewType

    experiment = place.store.get_experiment_by_name(project)
    token = "" if experiment else None
    while token is not None:
        page = place.store.search_runs(
            [experiment.experiment_id], "", ViewType.ACTIVE_ONLY, RUNS_AT_ONCE, OLDEST_FIRST, token or None
        )
        yield from page
        token = page.token or None


def run_of(place: Place, project: str, run_id: str) -> Any:
    """MLflow's run of that id; None if the experiment has none, or only one that was deleted there."""
    experiment = place.store.get_experiment_by_name(project)
    try:
        run = place.store.get_run(run_id)
    except Exception as error:
        if getattr(error, "error_code", "") not in NO_RUN:
            raise
        return None
    there = experiment is not None and run.info.experiment_id == experiment.experiment_id
    return run if there and run.info.lifecycle_stage == "active" else None


def name_of(run: Any) -> str:
    """The name that a run was given, or was given later in MLflow's pages."""
    name = layout.document_in(run.data.tags).get(layout.NAME)
    return name if name and layout.run_name(name) == run.info.run_name else str(run.info.run_name)


def points(place: Place, run: Any) -> list[Any]:
    """All values of all metrics as MLflow has them, in the order in which they were logged."""
    found = [point for key in sorted(run.data.metrics) for point in _history(place, run.info.run_id, key)]
    return sorted(found, key=lambda point: point.timestamp)


def as_stored(place: Place, project: str, run: Any, metrics: bool = True) -> StoredRun:
    """A run with all that is stored of it, files aside; metrics take requests of their own, and may be left out."""
    config = layout.document_in(run.data.tags)
    parent = {document.PARENT: run.data.tags.get(layout.PARENT)}  # of MLflow's own children, too
    completed = layout.completed(config, run.data.tags, run.data.params)
    return document.stored_run(
        {**parent, **completed, document.STATUS: STATES.get(run.info.status, Status.RUNNING)},
        id=run.info.run_id,
        name=name_of(run),
        project=project,
        metrics=tuple(_point(config, point) for point in points(place, run)) if metrics else (),
        started=utc((run.info.start_time or 0) / 1000),
        ended=utc((run.info.end_time or 0) / 1000),
        **place.links(run.info.experiment_id, run.info.run_id),
    )


def _history(place: Place, run_id: str, key: str) -> Iterator[Any]:
    token: str | None = ""
    while token is not None:
        page = place.store.get_metric_history(run_id, key, POINTS_AT_ONCE, token or None)
        yield from page
        token = getattr(page, "token", None) or None


def _point(config: Mapping[str, Any], point: Any) -> MetricPoint:
    name = config.get(layout.NAMES, {}).get(point.key, point.key)
    finite = abs(point.value) != sys.float_info.max or [point.key, point.timestamp] in config.get(layout.LARGEST, [])
    value = point.value if finite else math.copysign(math.inf, point.value)
    return MetricPoint(name=name, step=point.step, value=value)
