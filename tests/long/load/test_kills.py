"""A process that is killed at any moment loses nothing that a returned call logged: the next runs bring it.

`KILLS=20` has each backend killed so often, `ROWS=100000` has so many rows logged, `AT_ONCE=16` by so many processes.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.trackers import ALL, every_tracker, url_of
from zenml_trackers import connect

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("KILLS", "1"))
ROWS = int(os.environ.get("ROWS", "2500"))
AT_ONCE = int(os.environ.get("AT_ONCE", "3"))

BEGIN = "import sys; from zenml_trackers import connect; at = connect(sys.argv[1], project='killed')"
LOG = f"""{BEGIN}
import time
with at.start_run("r", tags=["first"], metadata={{"seed": 7}}) as run:
    for number in range(10**9):
        run.log({{"m": number, "half": number / 2}})
        if number == 20:
            run.log_params({{"rate": 0.1}})
            run.add_tags("late")
        if number % 50 == 0:
            print(number, flush=True)
            time.sleep(0.02)
"""
NEXT = f"{BEGIN}\nwith at.start_run('next'): pass"
READ = f"""{BEGIN}
import json
for run in at.read():
    points = [[point.name, point.step, point.value] for point in run.metrics]
    facts = {{"name": run.name, "status": run.status, "tags": sorted(run.tags), "metadata": run.metadata}}
    print(json.dumps({{**facts, "params": run.params, "points": points}}))
"""
COUNT = f"""{BEGIN}
with at.start_run(sys.argv[2]) as run:
    for number in range(int(sys.argv[3])):
        run.log({{"m": number}})
"""


@pytest.fixture
def url(backend: str, tmp_path: Path, project: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("ZENML_TRACKERS_JOURNAL", str(tmp_path / "journals"))
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    return url_of(backend, tmp_path, project, monkeypatch)


def begun(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)


def run_in_process(code: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def until_nothing_is_left(url: str, journals: Path) -> None:
    """By runs that are over at once: what is too much for one of them, the next one goes on with."""
    for _ in range(10):
        run_in_process(NEXT, url)
        if not list(journals.iterdir()):
            return
    raise AssertionError("something is left")


def stored(url: str) -> dict[str, dict[str, Any]]:
    """The runs by their names, of which each has its own."""
    found = [json.loads(line) for line in run_in_process(READ, url).splitlines() if line.startswith("{")]
    assert len({run["name"] for run in found}) == len(found)
    return {run["name"]: run for run in found}


@every_tracker
@pytest.mark.parametrize("number", range(KILLS))
def test_what_a_returned_call_logged_is_there_after_the_next_run(url: str, number: int, tmp_path: Path) -> None:
    with begun(LOG, url) as process:
        assert process.stdout is not None
        logged = int(process.stdout.readline())
        try:
            process.wait(random.Random(number).uniform(0.0, 1.5))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        logged = int((process.stdout.read().split() or [logged])[-1])
    until_nothing_is_left(url, tmp_path / "journals")
    run = stored(url)["r"]
    points = run["points"]
    assert [value for name, _, value in points if name == "m"] == list(range(len(points) // 2))
    assert [[step, value] for name, step, value in points if name == "half"] == [
        [step, step / 2] for step in range(len(points) // 2)
    ]
    assert len(points) > 2 * logged
    assert (run["status"], run["metadata"]) == ("failed", {"seed": 7})
    if logged > 50:
        assert (run["tags"], run["params"]) == (["first", "late"], {"rate": 0.1})


@every_tracker
def test_all_rows_of_a_long_run_are_stored_when_it_is_over(url: str) -> None:
    with connect(url, project="killed").start_run("long") as run:
        for number in range(ROWS):
            run.log({"m": number})
    found = stored(url)["long"]
    assert [point[2] for point in found["points"]] == list(range(ROWS))
    assert found["status"] == "finished"


@pytest.mark.parametrize("backend", [each for each in ALL if each not in ("wandb", "comet")])
def test_processes_that_write_at_once_lose_nothing(url: str) -> None:
    processes = [begun(COUNT, url, f"r{number}", str(ROWS // AT_ONCE)) for number in range(AT_ONCE)]
    for process in processes:
        process.communicate()
    runs = stored(url)
    assert runs.keys() == {f"r{number}" for number in range(AT_ONCE)}
    for run in runs.values():
        assert [point[2] for point in run["points"]] == list(range(ROWS // AT_ONCE))
        assert run["status"] == "finished"
