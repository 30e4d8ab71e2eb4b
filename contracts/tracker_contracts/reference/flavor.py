"""What ZenML registers."""

from __future__ import annotations

from zenml.experiment_trackers.base_experiment_tracker import BaseExperimentTrackerFlavor

from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.config import ReferenceConfig


class ReferenceFlavor(BaseExperimentTrackerFlavor):
    """The reference tracker."""

    @property
    def name(self) -> str:
        """What `zenml experiment-tracker register --flavor` takes."""
        return "reference"

    @property
    def config_class(self) -> type[ReferenceConfig]:
        """What a component is told."""
        return ReferenceConfig

    @property
    def implementation_class(self) -> type[ReferenceTracker]:
        """What does the work."""
        return ReferenceTracker
