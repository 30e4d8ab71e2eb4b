"""What stands under `zenml.integrations.trackio` where the override is on: our classes, under ZenML's names.

Classes that ZenML stores by name say that they come from ZenML's module, so that what is stored also loads in a
process without this package, where it is ZenML's own.
"""

from __future__ import annotations

import logging
from importlib import import_module
from types import ModuleType
from typing import Any

from zenml_trackers_override import PACKAGE

logger = logging.getLogger("zenml_trackers")

FLAVORS = f"{PACKAGE}.flavors"
FLAVOR = f"{FLAVORS}.trackio_experiment_tracker_flavor"
TRACKERS = f"{PACKAGE}.experiment_trackers"
TRACKER = f"{TRACKERS}.trackio_experiment_tracker"

MODULES = {PACKAGE: True, FLAVORS: True, FLAVOR: False, TRACKERS: True, TRACKER: False}
"""The modules that are served, and whether each is a package."""

REQUIREMENTS = ["zenml-trackers", "trackio>=0.24,<1.0.0"]


def fill(module: ModuleType, replaced: bool) -> None:
    """Give a served module its names.

    Args:
        module: One of `MODULES`, empty.
        replaced: Whether ZenML has a module of its own by that name.
    """
    if module.__name__ == PACKAGE:
        if replaced:
            logger.info("zenml-trackers serves the flavor 'trackio' in place of ZenML's built-in one.")
        names = {"TRACKIO_EXPERIMENT_TRACKER_FLAVOR": "trackio", "TrackioIntegration": _integration()}
    elif module.__name__ in (FLAVORS, FLAVOR):
        names = _flavor_names() if module.__name__ == FLAVOR else vars(import_module(FLAVOR))
    else:
        names = _tracker_names()
    public = {name: value for name, value in names.items() if not name.startswith("_")}
    vars(module).update(public, __all__=sorted(public))


def _integration() -> Any:
    from zenml.integrations.integration import Integration

    def flavors(cls: type[Integration]) -> list[Any]:
        return [import_module(FLAVOR).TrackioExperimentTrackerFlavor]

    members = {"NAME": "trackio", "REQUIREMENTS": REQUIREMENTS, "flavors": classmethod(flavors), "__module__": PACKAGE}
    return type("TrackioIntegration", (Integration,), members)


def _flavor_names() -> dict[str, Any]:
    from zenml_trackers.zenml.trackio import flavor as flavors

    ours = flavors.TrackioExperimentTrackerFlavor
    return {
        "TrackioExperimentTrackerConfig": flavors.TrackioExperimentTrackerConfig,
        "TrackioExperimentTrackerSettings": flavors.TrackioExperimentTrackerSettings,
        "TrackioExperimentTrackerFlavor": type(ours.__name__, (ours,), {"__module__": FLAVOR, "__doc__": ours.__doc__}),
    }


def _tracker_names() -> dict[str, Any]:
    from zenml_trackers.zenml.trackio.component import TrackioExperimentTracker
    from zenml_trackers.zenml.trackio.run import get_trackio_run

    return {"TrackioExperimentTracker": TrackioExperimentTracker, "get_trackio_run": get_trackio_run}
