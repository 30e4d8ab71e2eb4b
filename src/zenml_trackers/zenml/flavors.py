"""ZenML's store may have the flavor `trackio` by this path: it was once registered so."""

from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerFlavor

__all__ = ["TrackioExperimentTrackerFlavor"]
