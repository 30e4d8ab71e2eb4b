"""ZenML's own MLflow flavor, with a local SQLite database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from tracker_contracts.harness import CLOSED_SERVER, Place, TrackerHarness
from tracker_contracts.harnesses import mlflow_database
from tracker_contracts.observed import ObservedRun


class ZenmlMlflowHarness(TrackerHarness):
    """One database a session, since MLflow takes seconds to make one, and one experiment a place."""

    name = "zenml-mlflow"
    flavor = "zenml.integrations.mlflow.flavors.mlflow_experiment_tracker_flavor.MLFlowExperimentTrackerFlavor"
    backend = "mlflow"
    features: ClassVar[frozenset[str]] = frozenset({"nested"})
    # SQLite keeps no sign of zero, and MLflow no infinity in it.
    signed_zero = False
    non_finite = frozenset({"nan"})
    secret_field = "tracking_token"
    url_field = "tracking_uri"

    def environment(self, folder: Path) -> dict[str, str]:
        own = {"MLFLOW_DISABLE_TELEMETRY": "true", "GIT_PYTHON_REFRESH": "quiet"}
        # Where MLflow writes outside of steps; its default would be the working directory.
        return {**own, "MLFLOW_TRACKING_URI": f"sqlite:///{folder / 'elsewhere.db'}"}

    def config(self, place: Place) -> dict[str, Any]:
        return {"tracking_uri": f"sqlite:///{_file(place)}", "experiment_name": place.name}

    def unreachable(self, place: Place) -> dict[str, Any]:
        return {"tracking_uri": CLOSED_SERVER, "tracking_token": "nobody", "experiment_name": place.name}

    def settings(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "tags": mlflow_database.labels(given["tags"])} if "tags" in given else given

    def as_stored(self, values: dict[str, Any]) -> dict[str, Any]:
        return {name: str(value) for name, value in values.items()}  # as MLflow documents

    def read(self, place: Place) -> list[ObservedRun]:
        return mlflow_database.observed(_file(place), place.name)

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        _mlflow().log_metrics(dict(metrics), step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        _mlflow().log_params(dict(params))

    def add_tags(self, tags: list[str]) -> None:
        _mlflow().set_tags(mlflow_database.labels(tags))

    def finish_natively(self) -> None:
        _mlflow().end_run()

    def start_natively(self) -> None:
        if _mlflow().active_run() is None:  # MLflow refuses a second run in a thread, so callbacks join the first
            _mlflow().start_run(run_name="trainer")

    def log_child(self, name: str, metrics: Mapping[str, Any]) -> None:
        with _mlflow().start_run(run_name=name, nested=True):
            _mlflow().log_metrics(dict(metrics))

    def reset(self, place: Place) -> None:
        for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
            del os.environ[name]
        os.environ.update(self.environment(place.folder))
        _mlflow().set_tracking_uri("")  # as the variable says
        while _mlflow().active_run() is not None:
            with suppress(Exception):  # the run is unknown there, and forgotten all the same
                _mlflow().end_run()


def _file(place: Place) -> Path:
    return place.folder / "mlflow.db"


def _mlflow() -> Any:
    """The library, imported when it is used: its variables are set by then, and a reader does without it."""
    import mlflow

    return mlflow
