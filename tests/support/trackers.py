"""A URL of each tracker, each of them the real one, in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.made import put
from zenml_trackers import connect
from zenml_trackers.model.records import Logged, RunError, RunSpec, Status
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.port.backend import Backend
from zenml_trackers.tracker import Tracker

LIBRARIES = {"wandb": "wandb", "comet": "comet_ml", "aim": "aim", "mlflow": "mlflow", "tensorboard": "tensorboard"}
ALL = ["memory", "trackio", *LIBRARIES]
STORES = {"mlflow": "runs.db", "aim": "aim"}
"""Where they are, in the test's folder."""
PATIENCE = 120.0
OWN = {"id", "project", "url", "show_command", "started", "ended"}
"""What the same run has of its own in each tracker."""

every_tracker = pytest.mark.parametrize("backend", ALL)
"""For tests of what any tracker could get wrong."""


def url_of(tracker: str, folder: Path, memory: str, patch: pytest.MonkeyPatch, made: bool = True) -> str:
    """The tracker's URL, without a project.

    Args:
        tracker: One of `ALL`.
        folder: Where it keeps runs.
        memory: The name of a memory, if it is that.
        patch: Where its library would write to the user's own folders, this says otherwise.
        made: Whether an empty store may be there already.
    """
    if tracker in LIBRARIES and find_spec(LIBRARIES[tracker]) is None:
        pytest.skip(f"{tracker} is not installed here")
    for name in ("WANDB_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR"):
        patch.setenv(name, str(folder / name))
    patch.setenv("WANDB_ERROR_REPORTING", "false")
    patch.setenv("COMET_ERROR_TRACKING_ENABLE", "false")
    patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    if made:
        put(tracker, folder / STORES.get(tracker, ""))
    return {
        "memory": f"memory://{memory}",
        "trackio": "trackio:///",
        "mlflow": f"mlflow+sqlite:///{folder}/runs.db",
        "tensorboard": f"tensorboard:///{folder}/boards",
        "aim": f"aim:///{folder}/aim",
        "wandb": f"wandb+offline:///{folder}/wandb",
        "comet": f"comet+offline:///{folder}/comet",
    }[tracker]


def backend_at(url: str, project: str) -> Backend:
    return connect(url, project=project, deadline=PATIENCE, strict=True).backend


def store(
    backend: Backend,
    spec: RunSpec,
    *records: Logged,
    status: Status = Status.FINISHED,
    error: RunError | None = None,
) -> str:
    """Store one run as a step's tracker would, and say its id."""
    sink = backend.open(spec, backend.to_resume(spec))
    sink.write([])
    written: Sequence[Logged] = records
    sink.write(written)
    if status is not Status.RUNNING:
        sink.close(status, error)
    return sink.id


def connected(backend: str, folder: Path, name: str, patch: pytest.MonkeyPatch) -> Tracker:
    """Connect to a place that is this test's alone; nothing is made yet."""
    return connect(url_of(backend, folder, name, patch), project=name)


def only_run(tracker: Tracker) -> StoredRun:
    """The one run that is stored there."""
    [run] = tracker.read()
    return run


def series(run: StoredRun) -> dict[str, list[tuple[int, float]]]:
    """Steps and values by the names of the metrics."""
    found: dict[str, list[tuple[int, float]]] = {}
    for point in run.metrics:
        found.setdefault(point.name, []).append((point.step, point.value))
    return found
