"""`zenml-trackers doctor`: as JSON, for one stack or one tracker; and what is told of a store that is away."""

from __future__ import annotations

import json
import os
import subprocess
import time

import pytest

from tests.support.pipelines import stack_with, unified_stack_with
from tests.support.server import closed_port, hanging_server, refusing_server
from tests.support.terminal import SCRIPTS, Said, on_terminal, piped
from zenml_trackers import connect
from zenml_trackers.backends import memory
from zenml_trackers.model.records import Status
from zenml_trackers.zenml import registration
from zenml_trackers.zenml.diagnosis import diagnose

LOGIN = "ZENKEY_for_tests_0123456789"


@pytest.fixture
def three_trackers(zenml_store, project) -> str:
    """`good` and `bad` in stacks of their own, of which that of `bad` is the active one, and `spare` in none."""
    from zenml.client import Client
    from zenml.enums import StackComponentType

    for own in registration.FLAVORS:
        registration.register(own)
    url = f"memory://{project}"
    unified_stack_with("good", url=url)
    stack_with("bad", base_url=closed_port(), api_key="hidden-token-1")
    Client().create_stack_component("spare", "unified", StackComponentType.EXPERIMENT_TRACKER, {"url": url})
    return url


def trackers_in(said: Said) -> list[str]:
    return [line.split("tracker ")[1].split(" ")[0].rstrip(":") for line in said.lines if "  tracker " in line]


@pytest.mark.slow
class TestJson:
    def test_it_has_the_same_checks_with_four_keys_each(self, three_trackers):
        told, said = piped("doctor", "--json"), piped("doctor")
        checks = [json.loads(line) for line in told.lines]
        assert told.status == said.status == 1
        assert {tuple(check) for check in checks} == {("name", "state", "found", "advice")}
        names = [check["name"] for check in checks]
        assert names[:5] == ["Python", "zenml-trackers", "zenml", "trackio", "ZenML store"]
        assert sorted(names[5:]) == ["flavor trackio", "flavor unified", "tracker bad", "tracker good", "tracker spare"]
        assert {check["state"] for check in checks} == {"ok", "fail"}
        [bad] = [check for check in checks if check["state"] == "fail"]
        assert bad["name"] == "tracker bad"
        assert "zenml experiment-tracker update bad --base_url=URL" in bad["advice"]
        assert bad["found"] in said.out
        assert "tracker bad (active stack): " in said.out
        assert "hidden-token" not in told.out + said.out

    def test_a_run_is_made_where_that_is_asked_for_and_read_back(self, three_trackers):
        told = [json.loads(line) for line in piped("doctor", "--json", "--live").lines]
        live = {check["name"]: check for check in told if check["name"].startswith("run on ")}
        assert live.keys() == {"run on good", "run on spare"}, "nothing is made where the look failed"
        assert all(check["state"] == "ok" and "stored and read back in" in check["found"] for check in live.values())
        runs = list(connect(three_trackers, project="doctor").read())
        assert [(run.status, len(run.metrics)) for run in runs] == [(Status.FINISHED, 1)] * 2

    def test_a_tracker_that_loses_what_it_is_given_is_found_out(self, three_trackers, monkeypatch):
        monkeypatch.setattr(memory.MemorySink, "log", lambda self, values, step: None)
        [*_, live] = diagnose(tracker="good", live=True)
        assert (live.name, live.state, live.found) == ("run on good", "fail", "memory has [] as its metrics")

    def test_an_unknown_name_is_told_on_standard_error(self, three_trackers):
        told = piped("doctor", "--json", "--tracker", "gud")
        assert told.status == 1
        assert all(json.loads(line) for line in told.lines)
        assert told.err.startswith("Error: There is no tracker 'gud'")


@pytest.mark.slow
class TestOneOf:
    def test_all_trackers_are_checked_unless_one_is_named(self, three_trackers):
        assert sorted(trackers_in(piped("doctor"))) == ["bad", "good", "spare"]

    @pytest.mark.parametrize(
        ("arguments", "checked", "status"),
        [
            (["--tracker", "good"], ["good"], 0),
            (["--tracker", "spare"], ["spare"], 0),
            (["--tracker", "bad"], ["bad"], 1),
            (["--stack", "stack-good"], ["good"], 0),
            (["--stack", "stack-bad"], ["bad"], 1),
            (["--stack", "stack-good", "--tracker", "good"], ["good"], 0),
        ],
    )
    def test_a_named_one_is_checked_alone(self, three_trackers, arguments, checked, status):
        said = piped("doctor", *arguments)
        assert (trackers_in(said), said.status) == (checked, status)
        assert "ok    zenml: " in said.out

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["--tracker", "goood"], "tracker 'goood' of zenml-trackers; there are bad, good, spare."),
            (["--stack", "stack-goo"], "stack 'stack-goo'; there are default, stack-bad, stack-good."),
            (
                ["--stack", "stack-good", "--tracker", "bad"],
                "tracker 'bad' of zenml-trackers in the stack 'stack-good'; the only one is good.",
            ),
        ],
    )
    def test_an_unknown_name_is_told_with_those_that_there_are(self, three_trackers, arguments, told):
        said = piped("doctor", *arguments)
        assert said.status == 1
        assert trackers_in(said) == []
        assert said.err.startswith(f"Error: There is no {told}")
        assert len(said.err.splitlines()) == 1

    def test_what_was_nearly_written_is_suggested(self, three_trackers):
        assert piped("doctor", "--tracker", "goood").err.endswith("Did you mean 'good'?\n")

    def test_a_stack_without_a_tracker_says_how_to_add_one(self, three_trackers):
        said = piped("doctor", "--stack", "default")
        assert said.status == 0
        assert "warn  stack: default has no tracker of the flavor trackio or unified\n" in said.out
        assert "`zenml stack register NAME -o default -a default --set -e " in said.out


@pytest.mark.slow
def test_its_colours_are_on_a_terminal_alone(three_trackers):
    arguments = ("doctor", "--tracker", "bad")
    assert "\x1b[31mfail" in on_terminal(60, *arguments, colors=True).out
    plain = on_terminal(60, *arguments)
    assert "\x1b" not in plain.out + piped(*arguments).out
    assert [line[:6].strip() for line in plain.lines if line.startswith("fail")] == ["fail"]
    [found] = [line for line in plain.lines if line.startswith("fail")]
    assert len(found) > 60  # nothing is folded, so that addresses and commands can be copied


class TestStoreThatIsAway:
    def told(self, command: str, url: str, folder) -> tuple[subprocess.CompletedProcess[str], float]:
        variables = {"ZENML_STORE_URL": url, "ZENML_STORE_API_KEY": LOGIN, "ZENML_CONFIG_PATH": str(folder)}
        began = time.monotonic()
        done = subprocess.run(
            [str(SCRIPTS / "zenml-trackers"), command],
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done, time.monotonic() - began

    @pytest.mark.slow
    def test_it_is_one_line_with_the_way_out_and_soon(self, tmp_path):
        for command in ("doctor", "register"):
            done, seconds = self.told(command, "http://127.0.0.1:9", tmp_path)
            said = done.stdout + done.stderr
            [line] = [line for line in said.splitlines() if "127.0.0.1:9" in line]
            assert done.returncode == 1
            assert "The ZenML server http://127.0.0.1:9 can't be reached: ConnectError: " in line
            assert line.endswith(". Start it, or change ZENML_STORE_URL, which names it.")
            assert "Traceback" not in said
            assert "Retrying" not in said
            assert LOGIN not in said
            assert seconds < 25  # ZenML itself tries for half a minute, after it is imported

    @pytest.mark.slow
    def test_one_that_hangs_is_told_too(self, tmp_path):
        with hanging_server() as url:
            done, _ = self.told("register", url, tmp_path)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1] == (  # above it, old releases of ZenML warn of what they import
            f"Error: The ZenML server {url} did not answer in 5 s. Start it, or change ZENML_STORE_URL, which names it."
        )
        assert "Traceback" not in done.stderr

    @pytest.mark.slow
    def test_one_that_refuses_the_login_is_no_server_to_start(self, tmp_path):
        import zenml
        from zenml.enums import AuthScheme
        from zenml.models import ServerModel

        info = ServerModel(version=zenml.__version__, auth_scheme=AuthScheme.OAUTH2_PASSWORD_BEARER).model_dump_json()
        with refusing_server({"/health": "OK", "/api/v1/info": info}) as url:
            done, _ = self.told("register", url, tmp_path)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(f"Error: The ZenML server {url} refused the login: Cred")
        assert done.stderr.endswith(". Check what the variables that begin with ZENML_STORE_ say.\n")
        assert "Traceback" not in done.stderr
        assert LOGIN not in done.stdout + done.stderr
