"""What child processes log too late is said once, and what they logged in time is delivered once, whoever was killed.

`RACES=200` has so many runs end while a child logs.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.journals import folders, soon
from tests.support.trackers import connected, only_run, series, url_of
from zenml_trackers import connect
from zenml_trackers.delivery import place
from zenml_trackers.errors import RunEnded
from zenml_trackers.model.records import Status

RACES = int(os.environ.get("RACES", "20"))


@pytest.fixture(autouse=True)
def journals(tmp_path, monkeypatch):
    """Where the journals of this test are."""
    monkeypatch.setenv(place.VARIABLE, str(tmp_path / "journals"))
    return tmp_path / "journals"


@pytest.fixture
def memory(tmp_path, project, monkeypatch):
    return connected("memory", tmp_path, project, monkeypatch)


LATE = """
import sys
print("ready", flush=True)
sys.stdin.read()
run.log({"late": 1})
run.log({"later": 2})
run.log_artifact(sys.argv[0] or "/etc/hostname")
"""
RACE = """
from zenml_trackers.errors import RunEnded
number = 0
try:
    while True:
        run.log({"m": number})
        number += 1
        if number == 50: print("ready", flush=True)
except RunEnded:
    print(number)
"""


def begun(code: str) -> subprocess.Popen[str]:
    """A child that is ready."""
    command = [sys.executable, "-c", f"from zenml_trackers import get_run; run = get_run()\n{code}"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    child = subprocess.Popen(command, text=True, **pipes)
    assert child.stdout.readline() == "ready\n"
    return child


class TestTooLate:
    def test_one_warning_names_what_is_lost(self, memory):
        with memory.start_run("r") as run:
            run.log({"m": 1})
            child = begun("run.log({'in time': 1})" + LATE)
        _, said = child.communicate("")
        assert child.returncode == 0
        assert said.count("lost") == 1
        assert "'late'" in said
        assert "the run is over" in said
        assert set(series(only_run(memory))) == {"m", "process-1/in time"}
        assert folders() == []

    def test_a_journal_that_stays_takes_nothing_more(self, tmp_path, journals):
        blocked = tmp_path / "blocked"
        blocked.touch()
        with connect(f"mlflow+sqlite:///{blocked}/runs.db", deadline=0.5).start_run("r") as run:
            run.log({"m": 1})
            child = begun(LATE)
        size = lambda: (next(journals.iterdir()) / "records.jsonl").stat().st_size  # noqa: E731
        before = size()
        _, said = child.communicate("")
        assert said.count("'late'") == said.count("lost") == 1
        assert size() == before

    @pytest.mark.slow
    def test_whatever_the_moment_what_was_not_refused_is_stored(self, memory, project):
        for number in range(RACES):
            at = connect(f"memory://{project}", project=f"p{number}", strict=True)
            with at.start_run("r"):
                child = begun(RACE)
            taken = int(child.communicate()[0])
            assert [point.value for point in only_run(at).metrics] == list(range(taken))

    def test_strict_holds_in_children_too(self, project):
        with connect(f"memory://{project}", strict=True).start_run("r"):
            child = begun(LATE)
        _, said = child.communicate("")
        assert child.returncode == 1
        assert RunEnded.__name__ in said


KILLED = """
import multiprocessing, os, signal, sys
from tests.support import workers
from zenml_trackers import connect
with connect(sys.argv[1], project=sys.argv[2]).start_run("killed") as run:
    run.log({"own": 1})
    with multiprocessing.get_context("fork").Pool(2) as pool:
        waiting = pool.map_async(workers.log_rows, [("a", 3000), ("b", 3000)], chunksize=1)
        waiting.get(timeout=float(sys.argv[3])) if float(sys.argv[3]) > 1 else waiting.wait(float(sys.argv[3]))
        for child in multiprocessing.active_children():
            os.kill(child.pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["memory", "trackio", "mlflow", "tensorboard"])
@pytest.mark.parametrize("seconds", ["0.3", "60"])
def test_what_children_of_a_killed_step_logged_is_delivered_once(
    backend, seconds, tmp_path, project, monkeypatch, journals
):
    url = url_of(backend, tmp_path, project, monkeypatch)
    done = subprocess.run([sys.executable, "-c", KILLED, url, project, seconds], check=False)
    assert done.returncode < 0
    at = connect(url, project=project)
    for _ in range(5):
        with at.start_run("next"):
            pass
        if not folders():
            break
    assert folders() == []
    [stored] = [run for run in at.read() if run.name == "killed"]
    found = series(stored)
    assert found.pop("own") == [(0, 1)]
    assert stored.status is Status.FAILED
    for points in found.values():
        assert points == [(number, number) for number in range(len(points))]
    if seconds == "60":
        assert sorted(map(len, found.values())) == [3000, 3000]


def test_a_child_that_outlives_a_killed_step_is_told_once_its_journal_is_delivered(project, tmp_path):
    code = f"""
import os, signal, subprocess, sys
from zenml_trackers import connect
with connect("memory://{project}").start_run("killed") as run:
    log = "from zenml_trackers import get_run; import sys, time; run = get_run()\\n"
    log += "for number in range(2000): run.log({{'m': number}}); time.sleep(0.005)"
    told = open({str(tmp_path / "told")!r}, "w")
    child = subprocess.Popen([sys.executable, "-c", log], stdout=told, stderr=told)
    print(child.pid, flush=True)
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        [folder] = folders()
        assert soon(lambda: (folder / "records.jsonl").stat().st_size > 0)
        parent.communicate("")
    with connect(f"memory://{project}").start_run("next"):
        pass
    assert soon(lambda: "lost" in (tmp_path / "told").read_text())
    os.kill(child, 9)
    assert "the run is over" in (tmp_path / "told").read_text()
    [stored] = [run for run in connect(f"memory://{project}").read() if run.name == "killed"]
    values = [point.value for point in stored.metrics]
    assert values == list(range(len(values)))
    assert values
    assert folders() == []
