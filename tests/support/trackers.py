"""Each tracker where it can be had without a network, as a new and empty place of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from zenml_trackers.records import StoredRun
from zenml_trackers.session import Tracker, connect

PROJECT = "p"
URLS = {
    "memory": "memory://{name}",
    "trackio": "trackio:///{name}",
    "mlflow": "mlflow+sqlite:///{folder}/mlflow.db",
    "wandb": "wandb+offline:///{folder}/wandb",
    "tensorboard": "tensorboard:///{folder}/tensorboard",
    "aim": "aim:///{folder}/aim",
    "comet": "comet+offline:///{folder}/comet",
}

Connect = Callable[..., Tracker]

every_tracker = pytest.mark.parametrize("backend", URLS)
"""For tests of what any tracker could get wrong; `connected` makes the place."""


def url_of(backend: str, folder: Path, name: str) -> str:
    """The URL of a place that is that test's alone, with an absolute path if it is on the disk."""
    return URLS[backend].format(folder=folder, name=name)


def only_run(tracker: Tracker) -> StoredRun:
    """The one run that is stored there."""
    [run] = tracker.read()
    return run


def connected(backend: str, folder: Path, name: str, **how: object) -> Tracker:
    """Connect to the place; nothing is made yet."""
    return connect(url_of(backend, folder, name), project=PROJECT, **how)  # type: ignore[arg-type]
