"""Class paths that ZenML's store keeps: those of today, and those that were registered before the files moved."""

import pytest
from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.stack import StackComponent
from zenml.utils import source_utils

from zenml_trackers.zenml import registration
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerFlavor
from zenml_trackers.zenml.unified.component import UnifiedExperimentTracker
from zenml_trackers.zenml.unified.flavor import UnifiedExperimentTrackerFlavor

FORMER = {
    "zenml_trackers.zenml.flavors.TrackioExperimentTrackerFlavor": TrackioExperimentTrackerFlavor,
    "zenml_trackers.zenml.unified.UnifiedExperimentTrackerFlavor": UnifiedExperimentTrackerFlavor,
}


@pytest.mark.parametrize("path", FORMER)
def test_a_former_path_loads_the_class_of_today(path):
    assert source_utils.load(path) is FORMER[path]


def test_a_component_that_was_registered_by_a_former_path_loads(zenml_store, project):
    client, kind = Client(), StackComponentType.EXPERIMENT_TRACKER
    client.create_flavor("zenml_trackers.zenml.unified.UnifiedExperimentTrackerFlavor", kind)
    made = client.create_stack_component("old", "unified", kind, {"url": f"memory://{project}"})
    assert isinstance(StackComponent.from_model(made), UnifiedExperimentTracker)
    assert registration.made_usable(registration.UNIFIED) == ""
