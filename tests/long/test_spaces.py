"""What the commands say of a Space that the Hugging Face Hub can't be asked for."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.support.pipelines import stack_with
from tests.support.server import closed_port, refusing_server
from tests.support.terminal import SCRIPTS, piped
from zenml_trackers.zenml import registration

TOKEN = "hf_secret_1234567"


@pytest.fixture
def in_a_space(zenml_store) -> None:
    for own in registration.FLAVORS:
        registration.register(own)
    stack_with("space", workspace="acme", api_key=TOKEN, project="digits")


def doctor_alone(**variables: str) -> str:
    """What doctor says of the tracker in a process whose Hugging Face library reads other variables."""
    command = [str(SCRIPTS / "zenml-trackers"), "doctor", "--tracker", "space"]
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    found = done.stdout.split("fail  tracker space (active stack): ")[1]
    return found.rsplit("\n\n", 1)[0]


def test_doctor_says_that_the_hub_may_not_be_asked(in_a_space):
    said = piped("doctor")
    assert said.status == 1
    [line] = [line for line in said.lines if line.startswith("fail")]
    assert line == (
        "fail  tracker space (active stack): HF_HUB_OFFLINE is set, so the Space acme/trackio can't be looked up; "
        "unset it, or keep the runs on this machine"
    )
    assert "api_key" not in said.out


def test_runs_says_so_too():
    said = piped("runs", "trackio+space://acme/trackio/digits")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("Error: HF_HUB_OFFLINE is set, so the Space acme/trackio can't be looked up; unset it, ")
    assert len(said.err.splitlines()) == 1


@pytest.mark.slow
def test_it_names_the_variable_that_is_set(in_a_space):
    said = doctor_alone(HF_HUB_OFFLINE="", TRANSFORMERS_OFFLINE="1")
    assert said.startswith("TRANSFORMERS_OFFLINE is set, so the Space acme/trackio can't be looked up")


@pytest.mark.slow
def test_a_hub_that_is_away_is_no_matter_of_the_token(in_a_space):
    said = doctor_alone(HF_HUB_OFFLINE="0", HF_ENDPOINT=closed_port())
    assert said.startswith("the Hugging Face Hub can't be asked for the Space acme/trackio (")
    assert "api_key" not in said
    assert len(said.splitlines()) == 1


@pytest.mark.slow
def test_a_token_that_the_hub_refuses_is(in_a_space):
    with refusing_server() as hub:  # a stand-in for the Hugging Face Hub, which can't be had here
        said = doctor_alone(HF_HUB_OFFLINE="0", HF_ENDPOINT=hub)
    found, advice = said.splitlines()
    assert found == "the Hugging Face Hub refused the token for the Space acme/trackio; check `api_key`"
    assert "--api_key={{SECRET.KEY}}" in advice
