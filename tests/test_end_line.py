"""A run's end is one line: its name, how it ended, and where it is, or the command that shows it."""

from __future__ import annotations

import logging
import shlex
import subprocess

import pytest

from tests.support import direct
from tests.support.server import TOKEN, closed_port, trackio_server
from tests.support.trackers import connected, every_tracker
from zenml_trackers import get_run


def lines(said):
    ours = [record for record in said.records if record.name == "zenml_trackers"]
    return [(record.levelno, record.getMessage()) for record in ours if record.getMessage().startswith("The run ")]


@every_tracker
def test_each_tracker_says_how_to_see_the_run(backend, tmp_path, project, monkeypatch, said, capfd):
    with connected(backend, tmp_path, project, monkeypatch).start_run("r") as run:
        run.log({"m": 1})
    [(level, line)] = lines(said)
    assert level == logging.INFO
    assert line == f"The run 'r' finished. To see it: {run.show_command}"
    assert "Run finished" not in capfd.readouterr().out


def test_the_command_is_one_that_works(tmp_path, project, monkeypatch, said):
    with connected("memory", tmp_path, project, monkeypatch).start_run("r") as run:
        run.log({"m": 0.25})
    command = lines(said)[0][1].partition("To see it: ")[2]
    shown = subprocess.run(shlex.split(command), capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0, shown.stderr
    assert "0.25" in shown.stdout


@pytest.mark.slow
def test_a_run_on_a_server_says_its_address_and_nothing_of_uploads(project, tmp_path, said, capfd):
    with trackio_server(tmp_path) as server:
        tracker = direct.tracker(project=project, base_url=server.url, api_key=TOKEN)
        direct.failing_step(tracker, direct.info(), ValueError("boom"))
    [(level, line)] = lines(said)
    assert (level, line.partition(" It is at ")[0]) == (logging.INFO, "The run 'pipe-run_train' failed.")
    assert line.partition(" It is at ")[2].startswith(f"{server.url}/run?project={project}&selected_run_id=")
    assert "Uploading" not in capfd.readouterr().out


def test_a_run_that_is_stored_nowhere_claims_nothing_and_counts_its_rows(project, said):
    tracker = direct.tracker(project=project, base_url=closed_port(), api_key=TOKEN, deadline=1.0)
    direct.run_step(tracker, direct.info(), lambda: [get_run().log({"m": number}) for number in range(3)])
    [(_, line)] = lines(said)
    assert "finished, but that may not be stored. 3 of the 3 rows of metrics are not stored." in line
