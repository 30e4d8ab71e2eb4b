"""One run API over any experiment tracker, in ZenML steps, Trackio first.

Importing this package is cheap: neither ZenML nor a tracker's library is loaded before a name that needs it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zenml_trackers.context import get_run
    from zenml_trackers.errors import ArtifactNotFound, NoActiveRun, TrackerError, UnsupportedFeature
    from zenml_trackers.model.values.params import as_param
    from zenml_trackers.run import Run
    from zenml_trackers.tracker import connect
    from zenml_trackers.zenml.trackio.run import get_trackio_run

__version__ = "0.1.0"

__all__ = [
    "ArtifactNotFound",
    "NoActiveRun",
    "Run",
    "TrackerError",
    "UnsupportedFeature",
    "as_param",
    "connect",
    "get_run",
    "get_trackio_run",
]

_HOMES = {
    "ArtifactNotFound": "zenml_trackers.errors",
    "NoActiveRun": "zenml_trackers.errors",
    "Run": "zenml_trackers.run",
    "TrackerError": "zenml_trackers.errors",
    "UnsupportedFeature": "zenml_trackers.errors",
    "as_param": "zenml_trackers.model.values.params",
    "connect": "zenml_trackers.tracker",
    "get_run": "zenml_trackers.context",
    "get_trackio_run": "zenml_trackers.zenml.trackio.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'zenml_trackers' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
