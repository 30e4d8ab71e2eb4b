"""The flavor `unified`. ZenML's store may have its class by this path: it was once registered so."""

from zenml_trackers.zenml.unified.flavor import UnifiedExperimentTrackerFlavor

__all__ = ["UnifiedExperimentTrackerFlavor"]
