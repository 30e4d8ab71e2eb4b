"""The override: our classes under ZenML's own name for Trackio."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import zenml_trackers_override
from tests.support.environments import REPOSITORY
from zenml_trackers.zenml import compat, override

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


@pytest.mark.slow
def test_the_documented_imports_give_our_classes():
    ours, flavor, same = _python(DOCUMENTED).splitlines()[-3:]
    assert all(module.startswith("zenml_trackers.") for module in ours.split())
    assert flavor.split() == [
        "zenml.integrations.trackio.flavors.trackio_experiment_tracker_flavor",
        "zenml_trackers.zenml.trackio.flavor",
    ]
    assert same == "True"


@pytest.mark.slow
@pytest.mark.skipif(not compat.owns_trackio_flavor(), reason="this ZenML has no flavor of its own to fall back to")
def test_switched_off_it_leaves_zenmls_own_classes():
    program = "import zenml.integrations.trackio.flavors as f; print(f.__file__ is not None)"
    assert _python(program, ZENML_TRACKERS_OVERRIDE="off").splitlines()[-1] == "True"


@pytest.mark.slow
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


def test_to_install_it_twice_is_to_install_it_once():
    zenml_trackers_override.install()
    before = list(sys.meta_path)
    zenml_trackers_override.install()
    assert sys.meta_path == before
    assert override.is_on()


LOADED = "import sys; print(*sorted(sys.modules))"


def test_the_start_of_python_loads_one_module_more():
    path_file = Path(sysconfig.get_path("purelib")) / "zenml_trackers.pth"
    assert path_file.read_text(encoding="utf-8") == "import zenml_trackers_override\n"
    without = subprocess.run([sys.executable, "-S", "-c", LOADED], capture_output=True, text=True, check=True)
    program = f"import sys; sys.path.insert(0, {str(REPOSITORY / 'src')!r}); import zenml_trackers_override; {LOADED}"
    loaded = subprocess.run([sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True)
    assert set(loaded.stdout.split()) - set(without.stdout.split()) == {"zenml_trackers_override"}


def test_importing_the_package_loads_neither_zenml_nor_a_tracker():
    program = "import sys, zenml_trackers; print([m for m in ('zenml', 'trackio', 'pydantic') if m in sys.modules])"
    assert _python(program).splitlines()[-1] == "[]"


@pytest.mark.parametrize("module", ["zenml_trackers.zenml.override", "zenml_trackers.zenml.integration"])
def test_a_broken_override_does_not_break_zenml(module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delattr(module, raising=False)
    assert zenml_trackers_override.Override.find_spec(zenml_trackers_override.PACKAGE) is None
