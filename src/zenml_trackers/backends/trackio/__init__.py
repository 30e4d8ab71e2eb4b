"""Trackio: the reference backend. All that touches Trackio's internals is in this folder."""

from zenml_trackers.backends.trackio.backend import TrackioBackend
from zenml_trackers.backends.trackio.target import Target

__all__ = ["Target", "TrackioBackend"]
