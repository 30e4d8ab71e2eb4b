"""Stacks and runs of real ZenML pipelines."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from zenml.client import Client
from zenml.enums import StackComponentType as Type

from zenml_trackers.zenml import compat, registration


def unified_stack_with(name: str = "tracker", **config: Any) -> None:
    """Register a tracker of the flavor `unified` in a stack and activate that."""
    registration.register(registration.UNIFIED)
    stack_of_flavor(name, "unified", config)


def stack_with(name: str = "tracker", **config: Any) -> None:
    """Register a Trackio tracker in a stack and activate that."""
    client = Client()
    if not compat.owns_trackio_flavor() and not client.list_flavors(name="trackio"):
        client.create_flavor(
            "zenml_trackers.zenml.trackio.flavor.TrackioExperimentTrackerFlavor", Type.EXPERIMENT_TRACKER
        )
    stack_of_flavor(name, "trackio", {"log_cpu_metrics": False, **config})


def stack_of_flavor(name: str, flavor: str, config: dict[str, Any]) -> None:
    """Register a tracker of a flavor that ZenML knows in a stack and activate that."""
    client = Client()
    client.create_stack_component(name, flavor, Type.EXPERIMENT_TRACKER, config)
    parts = {Type.ORCHESTRATOR: "default", Type.ARTIFACT_STORE: "default", Type.EXPERIMENT_TRACKER: name}
    client.create_stack(f"stack-{name}", parts)
    client.activate_stack(f"stack-{name}")


def run(pipeline: Any) -> Any:
    """The pipeline's run, also if it failed."""
    with suppress(Exception, SystemExit):
        pipeline()
    return Client().list_pipeline_runs(size=1, sort_by="desc:created").items[0]


def stack_of(**configs: dict[str, Any]) -> None:
    """Register several trackers of the flavor `unified`, each under its name, in one stack and activate that."""
    client = Client()
    registration.register(registration.UNIFIED)
    for name, config in configs.items():
        client.create_stack_component(name, "unified", Type.EXPERIMENT_TRACKER, config)
    parts: Any = {Type.ORCHESTRATOR: "default", Type.ARTIFACT_STORE: "default"}
    client.create_stack("several", {**parts, Type.EXPERIMENT_TRACKER: list(configs)})
    client.activate_stack("several")
