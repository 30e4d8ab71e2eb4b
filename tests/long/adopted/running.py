"""A stack with a tracker of ZenML's own, a pipeline of one step, and what is stored."""

import logging

import pytest
from zenml import pipeline
from zenml.client import Client
from zenml.enums import StackComponentType

from tests.support.pipelines import run as run_pipeline

API_KEY = "0123456789abcdef" * 2 + "01234567"
"""Shaped like a key; nobody's."""
LOSS = [(0, 0.5), (1, 0.25), (7, 0.125), (8, 0.0625)]
"""What `trains` logs."""


def stack(flavor: str, **config: object) -> None:
    client = Client()
    client.create_stack_component("tracker", flavor, StackComponentType.EXPERIMENT_TRACKER, config)
    parts = {
        StackComponentType.ORCHESTRATOR: "default",
        StackComponentType.ARTIFACT_STORE: "default",
        StackComponentType.EXPERIMENT_TRACKER: "tracker",
    }
    client.create_stack("adopting", parts)
    client.activate_stack("adopting")


def run(called, **arguments):
    @pipeline(name="adopting")
    def one():
        called(**arguments)

    return run_pipeline(one)


def warned(said: pytest.LogCaptureFixture) -> list[str]:
    """What this package warned of."""
    ours = [record for record in said.records if record.name == "zenml_trackers"]
    return [record.getMessage() for record in ours if record.levelno == logging.WARNING]


def series(observed, name):
    return [(point.step, point.value) for point in observed.metrics if point.name == name]
