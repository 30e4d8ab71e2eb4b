"""L13: a process that is forked while a run is open logs to it, neither hangs nor loses in silence, and ends no run.

`POOLS=100` forks so many pools of workers that log.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter

import pytest
import trackio

from tests.support import direct, reader
from tests.support.trackers import connected, every_tracker, only_run
from zenml_trackers import get_run, get_trackio_run
from zenml_trackers.model.records import Status

CHILDREN = 8
LONGEST = 20.0
"""Seconds after which a child counts as hung."""
POOLS = int(os.environ.get("POOLS", "10"))

forking = multiprocessing.get_context("fork")


def child_of(body) -> int:
    """The exit status of a forked process that does this; 1 if it hangs or raises."""
    child = os.fork()
    if child == 0:
        signal.alarm(int(LONGEST))
        status = 1
        try:
            body()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def log_all_kinds(run):
    run.log({"child": 1})
    run.log_params({"child": 1})
    run.add_tags("child")


@pytest.mark.slow
@every_tracker
def test_a_child_logs_at_once_whatever_its_parent_was_doing(backend, tmp_path, project, monkeypatch):
    at, told = connected(backend, tmp_path, project, monkeypatch), tmp_path / "told"

    def child():
        logging.getLogger("zenml_trackers").addHandler(logging.FileHandler(told))
        log_all_kinds(run)

    with at.start_run("parent") as run:
        over = threading.Event()

        def keep_busy():
            while not over.is_set():
                run.log({"parent": 1})
                time.sleep(0.0002)

        busy = threading.Thread(target=keep_busy)
        busy.start()
        statuses = [child_of(child) for _ in range(CHILDREN)]
        over.set()
        busy.join()
    assert statuses == [0] * CHILDREN
    stored = only_run(at)
    assert stored.status is Status.FINISHED
    children = Counter(point.name for point in stored.metrics if point.name != "parent")
    assert children == {f"process-{number}/child": 1 for number in range(1, CHILDREN + 1)}
    assert (stored.params, stored.tags) == ({"child": 1}, {"child"})
    assert told.read_text() == ""


def test_a_child_that_leaves_the_block_does_not_end_the_run(project, tmp_path, monkeypatch):
    at = connected("memory", tmp_path, project, monkeypatch)

    def child():
        block.__exit__(None, None, None)

    block = at.start_run("parent")
    run = block.__enter__()
    assert child_of(child) == 0
    assert only_run(at).status is Status.RUNNING
    run.log({"m": 1})
    block.__exit__(None, None, None)
    assert only_run(at).status is Status.FINISHED


def _work(number: int) -> int:
    get_run().log({"worker": number})
    return number


@pytest.mark.slow
def test_a_pool_whose_workers_log_does_not_hang(project):
    """As 3 of 6 did: a thread of the parent's held the lock of Trackio's queue when it was forked."""
    tracker = direct.tracker(project=project)

    def body():
        for number in range(500):
            get_run().log({"parent": number})
        for _ in range(POOLS):
            with forking.Pool(2) as pool:
                assert pool.map_async(_work, range(20)).get(timeout=LONGEST) == list(range(20))

    direct.run_step(tracker, direct.info(), body)
    [run] = reader.local(project)
    assert (run.status, len(run.series("parent"))) == ("finished", 500)
    logged = [value for name, _, value in run.metrics if name.endswith("/worker")]
    assert Counter(logged) == dict.fromkeys(range(20), POOLS)


def test_trackios_own_numbers_in_a_child_are_logged_and_all_else_is_refused(project, tmp_path):
    tracker, told, statuses = direct.tracker(project=project), tmp_path / "told", []

    def child():
        logging.getLogger("zenml_trackers").addHandler(logging.FileHandler(told))
        trackio.init(project="elsewhere")
        trackio.log({"child": 1, "text": "no number"})
        trackio.log_system({"gpu": 1})
        trackio.log_system({"gpu": 2})
        trackio.alert("lost")
        trackio.finish()

    direct.run_step(tracker, direct.info(), lambda: statuses.append(child_of(child)))
    assert statuses == [0]
    [run] = reader.local(project)
    assert (run.status, run.metrics) == ("finished", [("process-1/child", 0, 1)])
    said = told.read_text()
    assert [said.count(each) for each in ("'text'", "log_system()", "alert()")] == [1, 1, 1]


def _log_to(given) -> None:
    run, number = given
    run.log({"row": number})
    run["param"] = number


@pytest.mark.slow
def test_trackios_run_can_be_passed_to_a_spawned_process(project):
    def body():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            pool.map(_log_to, [(get_trackio_run(), number) for number in range(3)])

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    [run] = reader.local(project)
    assert run.series("process-1/row") == [(0, 0), (1, 1), (2, 2)]
    assert run.config["param"] == 2
