"""Stacks and runs of real ZenML pipelines."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from zenml.client import Client
from zenml.enums import StackComponentType as Type

from zenml_trackers.zenml import compat


def stack_with(name: str = "tracker", **config: Any) -> None:
    """Register a Trackio tracker in a stack and activate that."""
    client = Client()
    if not compat.owns_trackio_flavor() and not client.list_flavors(name="trackio"):
        client.create_flavor("zenml_trackers.zenml.flavors.TrackioExperimentTrackerFlavor", Type.EXPERIMENT_TRACKER)
    client.create_stack_component(name, "trackio", Type.EXPERIMENT_TRACKER, {"log_cpu_metrics": False, **config})
    parts = {Type.ORCHESTRATOR: "default", Type.ARTIFACT_STORE: "default", Type.EXPERIMENT_TRACKER: name}
    client.create_stack(f"stack-{name}", parts)
    client.activate_stack(f"stack-{name}")


def run(pipeline: Any) -> Any:
    """The pipeline's run, also if it failed."""
    with suppress(Exception, SystemExit):
        pipeline()
    return Client().list_pipeline_runs(size=1, sort_by="desc:created").items[0]
