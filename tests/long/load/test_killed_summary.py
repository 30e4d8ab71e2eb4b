"""The summary of a run whose process was killed, on every tracker."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys

import pytest

from tests.support import trackers
from tests.test_summary import typed
from zenml_trackers import connect

KILLED = """
import os, signal, sys
from zenml_trackers import connect
with connect(sys.argv[1], project=sys.argv[2]).start_run("killed") as run:
    run.define_metric("loss", summary="min")
    run.summary["kept"] = float("nan")
    for loss in (3, 1, 2):
        run.log({"loss": loss})
    run.flush(float(sys.argv[3]))
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
@trackers.every_tracker
@pytest.mark.parametrize("seconds", ["0", "60"])
def test_a_killed_runs_summary_is_delivered(backend, seconds, tmp_path, project, monkeypatch):
    url = trackers.url_of(backend, tmp_path, project, monkeypatch)
    monkeypatch.setenv("ZENML_TRACKERS_JOURNAL", str(tmp_path / "journals"))
    done = subprocess.run([sys.executable, "-c", KILLED, url, project, seconds], check=False)
    assert done.returncode == -signal.SIGKILL
    with connect(url, project=project, deadline=60).start_run("next"):
        pass
    [stored] = [run for run in connect(url, project=project).read() if run.name == "killed"]
    assert typed(stored.summary) == typed({"kept": math.nan, "loss.min": 1})
    assert len(stored.metrics) == 3
    assert os.listdir(tmp_path / "journals") == []
