"""Trackio: the reference backend. All that touches Trackio's internals is in this folder."""

from zenml_trackers.backends.trackio.release import REQUIRES
from zenml_trackers.libraries import need_library

need_library("trackio", "trackio", REQUIRES)  # what follows imports names that other releases of Trackio lack

from zenml_trackers.backends.trackio.backend import TrackioBackend  # noqa: E402
from zenml_trackers.backends.trackio.target import Target  # noqa: E402

__all__ = ["Target", "TrackioBackend"]
