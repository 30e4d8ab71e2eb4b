"""The command `zenml-trackers`: what it does, what it says, and its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest
import trackio.utils
from click.testing import CliRunner

import zenml_trackers
from tests.support.pipelines import stack_with, unified_stack_with
from tests.support.server import closed_port, hanging_server, trackio_server
from zenml_trackers.cli import main
from zenml_trackers.zenml import compat, override, registration
from zenml_trackers.zenml.registration import TRACKIO

OWNED = pytest.mark.skipif(not compat.owns_trackio_flavor(), reason="this ZenML has no flavor of that name")
NOT_OWNED = pytest.mark.skipif(compat.owns_trackio_flavor(), reason="this ZenML has a flavor of that name")

OTHER = "zenml.integrations.mlflow.flavors.MLFlowExperimentTrackerFlavor"


def ran(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


def ran_alone(*arguments: str, **variables: str) -> str:
    """What the command says in a process of its own, with these variables."""
    command = [str(Path(sysconfig.get_path("scripts")) / "zenml-trackers"), *arguments]
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60)
    return done.stdout


@pytest.fixture
def registered(zenml_store):
    for own in registration.FLAVORS:
        registration.register(own)


def name_as(source: str) -> None:
    """Have the store name another class for the flavor."""
    from zenml.client import Client
    from zenml.models import FlavorUpdate

    Client().zen_store.update_flavor(registration.stored_flavor(TRACKIO).id, FlavorUpdate(source=source))


def line_of(output: str, start: str) -> str:
    return next(line for line in output.splitlines() if start in line)


def test_help_is_there_without_loading_zenml():
    status, said = ran("--help")
    assert status == 0
    assert {"register", "doctor", "demo"} <= set(said.split())
    program = "import sys, zenml_trackers.cli; sys.exit('zenml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


class TestRegister:
    @NOT_OWNED
    def test_it_registers_once(self, zenml_store):
        said = ran("register")[1]
        for own in ("trackio", "unified"):
            assert f"Registered the flavor '{own}' with the ZenML store.\n" in said
        assert registration.stored_flavor(TRACKIO).source == TRACKIO.source
        assert "The flavor 'trackio' is registered already.\n" in ran("register")[1]

    @OWNED
    def test_where_zenml_has_the_name_it_sees_that_our_class_is_served(self, zenml_store):
        for _ in range(2):
            status, said = ran("register")
            assert status == 0
            assert "zenml-trackers serves that of this ZenML" in said

    @OWNED
    def test_a_flavor_that_was_deleted_is_registered_again(self, zenml_store):
        from zenml.client import Client

        Client().delete_flavor("trackio")
        assert "Registered" in ran("register")[1]
        assert ran("doctor")[0] == 0

    @OWNED
    def test_with_the_override_off_it_says_the_way_out(self, zenml_store, monkeypatch):
        monkeypatch.setenv(override.SWITCH, "off")
        status, said = ran("register")
        assert status == 1
        assert f"unset {override.SWITCH}" in said

    @pytest.mark.parametrize("source", [OTHER, "no_such_package.Flavor"])
    def test_another_class_of_that_name_is_left_alone(self, registered, source):
        name_as(source)
        status, said = ran("register")
        assert status == 1
        assert source in said
        assert "`zenml experiment-tracker flavor delete trackio`" in said
        assert registration.stored_flavor(TRACKIO).source == source

    def test_our_class_under_the_name_of_an_editable_install_is_mended(self, registered):
        name_as(f"src.{TRACKIO.source}")
        status, said = ran("doctor")
        assert status == 1
        assert "`zenml-trackers register`" in said
        assert ran("register")[0] == 0
        assert registration.stored_flavor(TRACKIO).source == TRACKIO.source
        assert ran("doctor")[0] == 0

    @NOT_OWNED
    def test_below_the_source_root_it_registers_the_name_that_can_be_imported_anywhere(self, zenml_store, monkeypatch):
        from zenml.utils import source_utils

        monkeypatch.setattr(source_utils, "_CUSTOM_SOURCE_ROOT", str(Path(zenml_trackers.__file__).parents[2]))
        assert ran("register")[0] == 0
        assert registration.stored_flavor(TRACKIO).source == TRACKIO.source


class TestDoctor:
    def test_without_a_tracker_it_says_how_to_register_one(self, registered):
        status, said = ran("doctor")
        assert status == 0
        assert "loads zenml_trackers.zenml.trackio.flavor." in line_of(said, "flavor trackio")
        assert "zenml experiment-tracker register NAME --flavor=trackio" in said
        assert said.endswith("Nothing failed.\n")

    @pytest.mark.slow
    def test_it_finds_that_trackio_cannot_be_imported(self, tmp_path):
        (tmp_path / "trackio.py").write_text("from json import nothing_of_that_name")
        said = ran_alone("doctor", PYTHONPATH=str(tmp_path))
        assert line_of(said, "trackio: ").startswith("fail")
        assert "can't be imported (ImportError: cannot import name 'nothing_of_that_name'" in said
        assert "`pip check` says" in said
        assert said.endswith("1 failed.\n")

    @NOT_OWNED
    def test_it_finds_that_the_flavor_is_not_registered(self, zenml_store):
        status, said = ran("doctor")
        assert status == 1
        assert line_of(said, "flavor trackio").startswith("fail")

    @pytest.mark.slow
    @OWNED
    def test_it_finds_that_the_built_in_class_would_be_loaded(self, zenml_store):
        said = ran_alone("doctor", ZENML_TRACKERS_OVERRIDE="off", ZENML_CONFIG_PATH=str(zenml_store))
        assert line_of(said, "flavor trackio").startswith("fail  flavor trackio: loads zenml.integrations.trackio.")
        assert f"unset {override.SWITCH}" in said
        assert said.endswith("1 failed.\n")

    def test_it_says_where_local_runs_go_and_leaves_nothing_there(self, registered, monkeypatch, tmp_path):
        monkeypatch.setattr(trackio.utils, "TRACKIO_DIR", tmp_path / "runs")
        stack_with("local", project="digits")
        status, said = ran("doctor")
        assert status == 0
        assert f"tracker local (active stack): the folder {tmp_path / 'runs'} on this machine" in said
        assert "project digits" in said
        assert not (tmp_path / "runs").exists()

    @pytest.mark.parametrize(
        ("url", "says"),
        [
            ("tensorboard:///{}", "/PIPELINE; a project for each pipeline, in the place of PIPELINE"),
            ("tensorboard:///{}?project=digits", "/digits; project digits"),
            ("memory://{}", "; a project for each pipeline\n"),
        ],
    )
    def test_where_each_pipeline_has_a_project_no_false_one_is_named(self, registered, project, url, says):
        unified_stack_with(url=url.format(project))
        status, said = ran("doctor")
        assert status == 0
        assert says in f"{line_of(said, 'tracker tracker')}\n"

    def test_it_finds_a_folder_that_cannot_be_written(self, registered, monkeypatch, tmp_path):
        (tmp_path / "file").touch()
        monkeypatch.setattr(trackio.utils, "TRACKIO_DIR", tmp_path / "file" / "runs")
        stack_with("local")
        status, said = ran("doctor")
        assert status == 1
        assert "set TRACKIO_DIR" in line_of(said, "tracker local")

    @pytest.mark.slow
    def test_it_tells_a_good_token_from_a_wrong_one_and_shows_neither(self, registered, tmp_path):
        with trackio_server(tmp_path) as server:
            stack_with("good", base_url=server.url, api_key=server.token)
            stack_with("bad", base_url=server.url, api_key="a-wrong-token-9876")
            status, said = ran("doctor")
            assert server.ask("get_all_projects") == []
        assert status == 1
        assert f"ok    tracker good: the server {server.url}" in said
        assert "fail  tracker bad (active stack)" in said
        assert "--api_key={{SECRET.KEY}}" in said
        assert server.token not in said
        assert "a-wrong-token-9876" not in said

    @pytest.mark.slow
    def test_it_waits_for_no_server_longer_than_five_seconds(self, registered):
        with hanging_server() as hanging:
            stack_with("closed", base_url=closed_port(), api_key="hidden-token-1")
            stack_with("hanging", base_url=hanging, api_key="hidden-token-2")
            started = time.monotonic()
            status, said = ran("doctor")
        assert time.monotonic() - started < 7
        assert status == 1
        assert "2 failed." in said
        assert "did not answer" in line_of(said, "tracker hanging")
        assert "zenml experiment-tracker update closed --base_url=URL" in said
        assert "hidden-token" not in said

    def test_it_finds_a_secret_that_does_not_exist(self, registered):
        stack_with("secretive", base_url=closed_port(), api_key="{{nowhere.key}}")
        status, said = ran("doctor")
        assert status == 1
        assert "{{nowhere.key}}" in line_of(said, "tracker secretive")

    def test_it_finds_that_the_active_stack_has_no_tracker(self, registered):
        from zenml.client import Client

        stack_with("idle")
        Client().activate_stack("default")
        status, said = ran("doctor")
        assert status == 0
        assert line_of(said, "active stack").startswith("warn")
        assert "-e idle" in said

    @pytest.mark.slow
    def test_it_finds_a_store_that_does_not_answer(self, tmp_path):
        (tmp_path / "file").touch()
        said = ran_alone("doctor", ZENML_CONFIG_PATH=str(tmp_path / "file"))
        assert line_of(said, "ZenML store").startswith("fail")
