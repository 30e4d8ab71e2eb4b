"""The seat: our classes under ZenML's own name for Trackio."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from zenml_trackers.zenml import compat, seat

DOCUMENTED = """
import zenml
from zenml.integrations.trackio.experiment_trackers import get_trackio_run, TrackioExperimentTracker
from zenml.integrations.trackio.flavors import TrackioExperimentTrackerSettings, TrackioExperimentTrackerConfig
from zenml.integrations.trackio.flavors.trackio_experiment_tracker_flavor import TrackioExperimentTrackerFlavor
from zenml.integrations.trackio import TRACKIO_EXPERIMENT_TRACKER_FLAVOR, TrackioIntegration
print(" ".join(c.__module__ for c in (get_trackio_run, TrackioExperimentTrackerSettings, TrackioExperimentTracker)))
print(" ".join(c.__module__ for c in (TrackioExperimentTrackerFlavor, TrackioExperimentTrackerFlavor().config_class)))
print(TrackioIntegration.flavors()[0] is TrackioExperimentTrackerFlavor)
"""


def _python(program, **variables):
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **variables}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_documented_imports_give_our_classes():
    ours, flavor, same = _python(DOCUMENTED).splitlines()[-3:]
    assert all(module.startswith("zenml_trackers.") for module in ours.split())
    assert flavor.split() == [
        "zenml.integrations.trackio.flavors.trackio_experiment_tracker_flavor",
        "zenml_trackers.zenml.flavors",
    ]
    assert same == "True"


@pytest.mark.skipif(not compat.owns_trackio_flavor(), reason="this ZenML has no flavor of its own to fall back to")
def test_switched_off_it_leaves_zenmls_own_classes():
    program = "import zenml.integrations.trackio.flavors as f; print(f.__file__ is not None)"
    assert _python(program, ZENML_TRACKERS_SEAT="off").splitlines()[-1] == "True"


@pytest.mark.skipif(not compat.owns_trackio_flavor(), reason="nothing is replaced")
def test_it_says_once_that_it_replaced_the_built_in_flavor():
    said = _python(DOCUMENTED, ZENML_LOGGING_VERBOSITY="INFO")
    assert said.count("in place of ZenML's built-in one") == 1


@pytest.mark.skipif(not compat.owns_trackio_flavor(), reason="nothing is replaced")
@pytest.mark.slow
def test_the_stored_flavor_also_loads_in_a_process_without_us(zenml_store):
    from zenml.client import Client
    from zenml.enums import StackComponentType

    Client().zen_store._sync_flavors()
    flavor = Client().get_flavor_by_name_and_type("trackio", StackComponentType.EXPERIMENT_TRACKER)
    assert flavor.source.startswith("zenml.integrations.trackio.")
    assert "workspace" in flavor.config_schema["properties"]


def test_taking_it_twice_is_taking_it_once():
    seat.take()
    before = list(sys.meta_path)
    seat.take()
    assert sys.meta_path == before


def test_it_loads_nothing_and_leaves_other_modules_alone():
    program = "import sys, zenml_trackers.zenml.seat as s; s.take(); import json, email; "
    program += "print([m for m in sys.modules if m.split('.')[0] in ('zenml', 'trackio', 'pydantic', 'click')])"
    assert _python(program).splitlines()[-1] == "[]"


def test_importing_the_package_loads_neither_zenml_nor_a_tracker():
    program = "import sys, zenml_trackers; print([m for m in ('zenml', 'trackio', 'pydantic') if m in sys.modules])"
    assert _python(program).splitlines()[-1] == "[]"


def test_a_broken_seat_does_not_break_zenml(monkeypatch):
    monkeypatch.setitem(sys.modules, "zenml_trackers.zenml.integration", None)
    monkeypatch.delattr("zenml_trackers.zenml.integration", raising=False)
    assert seat.Seat().find_spec(seat.PACKAGE) is None
