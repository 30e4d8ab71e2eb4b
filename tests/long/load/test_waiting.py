"""L10 and L4: the end of a run waits as long as its store goes on taking rows, and for no store that stands still.

`THREADS=32` has so many of them log at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from tests.support.said import warnings_in
from tests.support.trackers import ALL, connected, only_run
from zenml_trackers import connect
from zenml_trackers.delivery import budgets
from zenml_trackers.model.records import Status

THREADS = int(os.environ.get("THREADS", "8"))


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["mlflow", "trackio"])
def test_a_healthy_store_gets_all_rows_with_the_default_deadline(backend, tmp_path, project, monkeypatch, said):
    """Each takes longer to store than the deadline; 60,000 rows for MLflow ended as 31,751 before."""
    rows = {"mlflow": 20_000, "trackio": 100_000}[backend]
    at = connected(backend, tmp_path, project, monkeypatch)
    if backend == "mlflow":
        monkeypatch.setattr(budgets, "BATCH", 100)  # the smaller the requests, the longer it takes
    with at.start_run("r") as run:
        for number in range(rows):
            run.log({"m": number})
    stored = only_run(at)
    assert (stored.status, len(stored.metrics)) == (Status.FINISHED, rows)
    assert warnings_in(said) == []


@pytest.mark.slow
@pytest.mark.parametrize("backend", ALL)
def test_many_threads_with_a_run_each_lose_nothing(backend, tmp_path, project, monkeypatch, said):
    """As 32 threads did, of whose 6,400 rows MLflow had none: SQLite takes one writer at a time."""
    at = connected(backend, tmp_path, project, monkeypatch)

    def work(number):
        with at.start_run(f"r{number}") as run:
            for index in range(200):
                run.log({"m": index})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = list(at.read())
    assert [run.status for run in found] == [Status.FINISHED] * THREADS
    assert [len(run.metrics) for run in found] == [200] * THREADS
    # on a busy machine the last of them may begin late, which is said, and nothing else is
    assert [text for text in warnings_in(said) if "connecting took longer" not in text] == []


WORK = """
import sys
from zenml_trackers import connect
with connect(sys.argv[1], deadline=60).start_run(sys.argv[2]) as run:
    for number in range(2000):
        run.log({"m": number})
"""
"""With a deadline for sixteen starts of Python at once; what is tried is what comes after them."""


@pytest.mark.slow
def test_many_processes_lose_nothing_in_one_trackio_project(project):
    """As 16 did, of whose 32,000 rows 20,659 were stored: Trackio drops what waits ten seconds for its lock."""
    url = f"trackio:///{project}"
    command = [sys.executable, "-c", WORK, url]
    processes = [subprocess.Popen([*command, f"r{number}"], env=os.environ) for number in range(16)]
    assert [process.wait(240) for process in processes] == [0] * 16
    found = list(connect(url).read())
    assert sum(len(run.metrics) for run in found) == 32_000
    assert {run.status for run in found} == {Status.FINISHED}
