"""L10 and L4: the end of a run waits as long as its store goes on taking rows, and for no store that stands still."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time

import pytest

from tests.support.trackers import connected, every_tracker, only_run
from tests.test_delivery import Collecting, Given, tracker
from zenml_trackers import connect
from zenml_trackers.backends.mlflow import outbox
from zenml_trackers.deadline import LONGEST_QUEUE, Deadline, Progress
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.records import Metrics, Status


def warnings_in(said):
    ours = [record for record in said.records if record.name == "zenml_trackers"]
    return [record.getMessage() for record in ours if record.levelno >= logging.WARNING]


class Slow(Collecting):
    """Stores a row each tenth of a second, all when it is closed; after some it stands still."""

    def __init__(self, stands_after=1000):
        super().__init__()
        self.rows, self.given, self._stands_after = 0, 0, stands_after
        self.free = threading.Event()

    def write(self, records):
        self.given += sum(isinstance(record, Metrics) for record in records)

    def close(self, status, error):
        while self.rows < self.given:
            time.sleep(0.1)
            if self.rows == self._stands_after:
                self.free.wait(20)
            self.rows += 1
        self.ended = status

    def stored(self):
        return self.rows


class TestDeadline:
    def test_a_store_that_goes_on_taking_rows_is_waited_for(self, said):
        sink = Slow()
        with tracker(Given(sink), deadline=0.5).start_run("r") as run:
            for _ in range(25):
                run.log({"m": 1})
        assert sink.ended is Status.FINISHED
        assert warnings_in(said) == []
        assert "storing the rest of the run" in said.text

    def test_one_that_stands_still_costs_the_deadline_and_a_warning_counts_what_is_lost(self, said):
        sink = Slow(stands_after=3)
        began = time.monotonic()
        with tracker(Given(sink), deadline=0.5).start_run("r") as run:
            for _ in range(25):
                run.log({"m": 1})
        sink.free.set()
        assert time.monotonic() - began < 2
        [warning] = warnings_in(said)
        assert "made no progress" in warning
        assert "22 of the 25 rows of metrics are not stored" in warning

    def test_the_end_of_a_queue_of_others_is_waited_for_but_not_for_good(self):
        class Others(Progress):
            def others(self):
                return time.monotonic_ns()

        began = time.monotonic()
        with pytest.raises(TrackerUnreachable):
            Deadline(0.2).run(lambda: time.sleep(10), "ending", progress=Others())
        assert 0.2 * LONGEST_QUEUE <= time.monotonic() - began < 0.2 * LONGEST_QUEUE + 1


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["mlflow", "trackio"])
def test_a_healthy_store_gets_all_rows_with_the_default_deadline(backend, tmp_path, project, monkeypatch, said):
    """Each takes longer to store than the deadline; 60,000 rows for MLflow ended as 31,751 before."""
    rows = {"mlflow": 20_000, "trackio": 100_000}[backend]
    at = connected(backend, tmp_path, project, monkeypatch)
    if backend == "mlflow":
        monkeypatch.setattr(outbox, "METRICS_AT_ONCE", 100)  # the smaller the requests, the longer it takes
    with at.start_run("r") as run:
        for number in range(rows):
            run.log({"m": number})
    stored = only_run(at)
    assert (stored.status, len(stored.metrics)) == (Status.FINISHED, rows)
    assert warnings_in(said) == []


@pytest.mark.slow
def test_many_threads_with_a_run_each_lose_nothing_in_mlflow(tmp_path, project, monkeypatch, said):
    """As 32 threads did, of whose 6,400 rows none was stored: SQLite takes one writer at a time."""
    at = connected("mlflow", tmp_path, project, monkeypatch)

    def work(number):
        with at.start_run(f"r{number}") as run:
            for index in range(200):
                run.log({"m": index})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = list(at.read())
    assert [run.status for run in found] == [Status.FINISHED] * 32
    assert [len(run.metrics) for run in found] == [200] * 32
    assert warnings_in(said) == []


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


@every_tracker
@pytest.mark.parametrize("step", [2**63, -(2**63) - 1])
def test_a_step_that_a_store_cannot_hold_costs_itself_alone(backend, step, tmp_path, project, monkeypatch, said):
    at = connected(backend, tmp_path, project, monkeypatch)
    with at.start_run("r") as run:
        for number in range(100):
            run.log({"far" if number == 50 else "m": number}, step=step if number == 50 else number)
    stored = only_run(at)
    kept = [(point.step, point.value) for point in stored.metrics if point.name == "m"]
    assert kept == [(number, number) for number in range(100) if number != 50]
    far = [(point.step, point.value) for point in stored.metrics if point.name == "far"]
    told = [text for text in warnings_in(said) if "'far'" in text or "far at" in text]
    assert far == [(step, 50)] if not told else far == []
    assert len(told) + len(far) == 1
