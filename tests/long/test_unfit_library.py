"""What users meet when a tracker's library is installed in a release that its backend does not work with.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from zenml import pipeline, step
from zenml.client import Client
from zenml.enums import StackComponentType as Type

from tests.support.direct import info
from tests.support.environments import REPOSITORY, build_wheel, make_environment
from tests.support.packages import Packages, packages_in
from tests.support.pipelines import run, unified_stack_with
from zenml_trackers import connect, get_run
from zenml_trackers.cli import main
from zenml_trackers.errors import BackendUnfit
from zenml_trackers.port.backend import ENTRY_POINTS
from zenml_trackers.zenml import registration

JOT = """
from zenml_trackers.backends.memory import MemoryBackend

class JotBackend(MemoryBackend):
    name = "jot"
    library = "jotlib"
    requires = "jot-lib>=2,<3"
    load = lambda self: None
"""
REFUSAL = (
    "The tracker backend 'jot' needs jot-lib>=2,<3, but jot-lib 1.9 is installed. "
    "Install one that fits: `pip install 'jot-lib>=2,<3'`."
)


@pytest.fixture
def packages(tmp_path):
    with packages_in(tmp_path / "packages") as made:
        yield made


@pytest.fixture
def jot(packages):
    """A backend of another package's, whose library is installed in a release that fits."""
    packages.install("jot-lib", "2.0", module="jotlib")
    packages.install("jot", "1.0", "jot_backend", JOT, f"[{ENTRY_POINTS}]\njot = jot_backend:JotBackend\n")
    return packages


@pytest.fixture
def unfit(jot):
    """Makes the library one of a release that doesn't fit."""

    def change() -> None:
        jot.install("jot-lib", "1.9", module="jotlib")
        jot.forget()

    return change


class TestAnUnfitLibrary:
    def test_connect_refuses_it_before_anything_is_made(self, unfit, project):
        assert "memory" in connect(f"jot://{project}").check()
        unfit()
        with pytest.raises(BackendUnfit) as refusal:
            connect([f"memory://{project}", f"jot://{project}"])
        assert str(refusal.value) == REFUSAL

    def test_commands_tell_it_in_one_line(self, unfit, project):
        unfit()
        done = CliRunner().invoke(main, ["runs", f"jot://{project}"])
        assert (done.exit_code, done.output) == (1, f"Error: {REFUSAL}\n")

    def test_it_is_refused_at_registration(self, unfit, project, zenml_store):
        registration.register(registration.UNIFIED)
        unfit()
        with pytest.raises(Exception, match="pip install 'jot-lib>=2,<3'"):
            Client().create_stack_component("bad", "unified", Type.EXPERIMENT_TRACKER, {"url": f"jot://{project}"})
        assert Client().list_stack_components(name="bad").total == 0

    def test_the_doctor_names_the_release_of_each_library_in_use(self, unfit, project, zenml_store):
        for own in registration.FLAVORS:
            registration.register(own)
        unified_stack_with(urls=[f"memory://{project}", f"jot://{project}"])
        assert "ok    jot-lib: 2.0\n" in CliRunner().invoke(main, ["doctor"]).output
        unfit()
        done = CliRunner().invoke(main, ["doctor"])
        assert done.exit_code == 1
        assert f"fail  jot-lib: 1.9\n      {REFUSAL}\n" in done.output
        assert f"fail  tracker tracker (active stack): {REFUSAL}\n" in done.output

    def test_a_step_goes_on_without_its_run(self, unfit, project, zenml_store, said):
        unified_stack_with(url=f"jot://{project}")
        unfit()
        assert run(one).status == "completed"
        assert [record.getMessage() for record in said.records if record.levelname == "WARNING"] == [
            f"tracker, step 'train': {REFUSAL} The step goes on; what it logs is kept, and may be delivered later."
        ]

    def test_a_strict_step_does_not_begin(self, unfit, project, zenml_store):
        unified_stack_with(url=f"jot://{project}", strict=True)
        unfit()
        with pytest.raises(BackendUnfit) as refusal:
            Client().active_stack.experiment_tracker.prepare_step_run(info())
        assert str(refusal.value) == REFUSAL

    def test_it_costs_the_other_trackers_nothing(self, unfit, project, zenml_store, said):
        unified_stack_with(urls=[f"jot://{project}-jot", f"memory://{project}"])
        unfit()
        assert run(one).status == "completed"
        [stored] = connect(f"memory://{project}", project="one").read()
        assert [point.value for point in stored.metrics] == [1.0]
        [warning] = [record.getMessage() for record in said.records if record.levelname == "WARNING"]
        assert REFUSAL in warning
        assert "jot: not reached." in said.text
        assert "memory: 2 calls stored." in said.text


UNFIT_TRACKIO = "The tracker backend 'trackio' needs trackio>=0.24,<1, but trackio 0.20.2 is installed. Install one"

TRACKIO_SCRIPT = """
import sys
from tests.support.direct import info, run_step, tracker
from zenml_trackers import connect, get_run
from zenml_trackers.errors import TrackerError

def asked(call):
    try:
        call()
    except TrackerError as error:
        print(error)

component = tracker()
asked(lambda: connect("trackio:///digits"))
asked(lambda: component.config.is_valid)
asked(lambda: tracker(strict=True).prepare_step_run(info()))
run_step(component, info(), lambda: get_run().log_artifact("digits.csv"))
print("trackio" in sys.modules)
"""

NATIVE_SCRIPT = """
import sys
from zenml_trackers.port.backend import Inert, backend_class

detach = backend_class("{name}").attach(Inert())
import {module}
{calls}
detach()
"""


class TestOurOwn:
    @pytest.mark.slow
    def test_trackio_is_looked_at_before_it_is_imported(self, packages):
        packages.install("trackio", "0.20.2", module="nothing")
        *lines, loaded = alone(packages, TRACKIO_SCRIPT).splitlines()
        said = [line for line in lines if "tracker backend" in line]
        assert len(said) == 4
        assert said[0].endswith("`pip install 'trackio>=0.24,<1'`.")
        assert all(UNFIT_TRACKIO in line for line in said)
        assert "tracker, step 'train': " in said[3]
        assert loaded == "False"

    @pytest.mark.slow
    def test_the_doctor_names_trackio_s_release(self, packages):
        packages.install("trackio", "0.20.2", module="nothing")
        said = alone(packages, "from zenml_trackers.cli import main; main(['doctor'], standalone_mode=False)")
        assert f"fail  trackio: 0.20.2\n      {UNFIT_TRACKIO}" in said

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("name", "module", "calls"),
        [
            ("wandb", "wandb", "wandb.log({'loss': 1}); wandb.config.update({'a': 1}); wandb.finish()"),
            ("comet", "comet_ml", "comet_ml.start().log_metric('loss', 1); comet_ml.end()"),
        ],
    )
    def test_the_own_calls_of_a_library_that_was_refused_do_nothing(self, packages, name, module, calls):
        packages.install(module, "0.1", module="nothing")
        alone(packages, NATIVE_SCRIPT.format(name=name, module=module, calls=calls))


REAL_SCRIPT = """
import sys
from zenml_trackers import connect
from zenml_trackers.errors import BackendUnfit

try:
    connect("wandb+offline:///runs")
except BackendUnfit as error:
    print(error, "wandb" in sys.modules)
"""


@pytest.mark.slow
def test_a_real_release_that_does_not_fit_is_refused(tmp_path):
    environment = make_environment(tmp_path / "environment", str(build_wheel(tmp_path)), "wandb==0.29.0")
    said = environment.workplace(tmp_path / "user").python(REAL_SCRIPT)
    assert said.endswith("but wandb 0.29.0 is installed. Install one that fits: `pip install 'wandb>=0.31'`. False\n")


def alone(packages: Packages, script: str) -> str:
    """What a script says in a process of its own, which has these packages."""
    variables = {"PYTHONPATH": f"{packages.folder}{os.pathsep}{REPOSITORY}", "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=packages.folder,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0 or "doctor" in script, done.stdout
    return done.stdout


@step(experiment_tracker="tracker", enable_cache=False)
def train() -> None:
    get_run().log({"loss": 1.0})
    get_run().log_artifact(__file__)


@pipeline
def one() -> None:
    train()
