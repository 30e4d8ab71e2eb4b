"""L4 and F6: what a process leaves behind that is killed in the middle of a step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.support import reader
from tests.support.server import TOKEN, trackio_server

PROGRAM = """
import os, signal, sys, time
from tests.support import direct
from zenml_trackers import get_run
config = {"project": sys.argv[1], **({"base_url": sys.argv[2], "api_key": sys.argv[3]} if len(sys.argv) > 2 else {})}
tracker, step = direct.tracker(**config), direct.info(tags=["t"], metadata={"m": 1})
tracker.prepare_step_run(step)
for index in range(100):
    get_run().log({"index": index})
get_run().log_params({"late": True})
get_run().add_tags("added")
time.sleep(1.5)
os.kill(os.getpid(), signal.SIGKILL)
"""


def _killed(*arguments):
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], env=os.environ, timeout=60)
    assert done.returncode == -signal.SIGKILL


def _check(runs):
    [run] = runs
    assert [value for _, value in run.series("index")] == list(range(100))
    assert (run.status, run.metadata, run.params) == ("running", {"m": 1}, {"late": True})
    assert {"t", "added"} <= set(run.tags)


@pytest.mark.slow
def test_what_was_logged_over_a_second_before_a_kill_is_there(project):
    _killed(project)
    _check(reader.local(project))


@pytest.mark.slow
def test_what_was_logged_to_a_server_over_a_second_before_a_kill_is_there(project, tmp_path):
    with trackio_server(tmp_path) as server:
        _killed(project, server.url, TOKEN)
        _check(reader.remote(server, project))


SILENT = """
import sys
from tests.support import direct
tracker, step = direct.tracker(project=sys.argv[1]), direct.info(metadata={"m": 1})
tracker.prepare_step_run(step)
"""


@pytest.mark.slow
def test_a_step_that_never_started_is_ended_when_its_process_ends(project):
    subprocess.run([sys.executable, "-c", SILENT, project], check=True, env=os.environ, timeout=60)
    [run] = reader.local(project)
    assert (run.status, run.error[0]) == ("failed", "StepNeverStarted")


@pytest.mark.slow
@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_metadata_is_there_even_if_the_step_dies_at_once(project, how):
    subprocess.run([sys.executable, "-c", f"{SILENT}\nimport os; {how}", project], env=os.environ, timeout=60)
    assert [(run.status, run.metadata) for run in reader.local(project)] == [("running", {"m": 1})]
