"""A clock that is set back changes nothing: neither what is stored, nor its order, nor what is read."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.cases.conftest import Case
from zenml_trackers.model.records import Status

LATER = """
import sys, time
now, now_ns = time.time, time.time_ns
time.time = lambda: now() + 3600
time.time_ns = lambda: now_ns() + 3600 * 10**9
sys.path.insert(0, {here!r})
from zenml_trackers import connect

with connect({url!r}, project={project!r}, strict=True, deadline=60).start_run("r") as run:
    run.log({{"loss": 1.0}})
    run.log_params({{"a": "first", "b": "first"}})
    run.add_tags("first")
"""


def begin_an_hour_ahead(case: Case) -> None:
    code = LATER.format(here=os.getcwd(), url=case.url, project=case.project)
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.slow
def test_a_run_goes_on_after_the_clock_was_set_back(case: Case):
    begin_an_hour_ahead(case)
    with case.connect(strict=True).start_run("r", resume="must") as run:
        run.log({"loss": 2.0})
        run.log_params({"b": "second"})
        run.add_tags("second")
    stored = case.stored()
    assert stored.status is Status.FINISHED
    assert [(point.step, point.value) for point in stored.metrics] == [(0, 1.0), (1, 2.0)]
    assert stored.params == {"a": "first", "b": "second"}
    assert stored.tags == {"first", "second"}


def test_the_clock_is_set_back_in_the_middle_of_a_run(case: Case, monkeypatch):
    now, now_ns = time.time, time.time_ns
    with case.run(strict=True) as run:
        run.log({"loss": 1.0})
        run.log_params({"a": "first", "b": "first"})
        assert run.flush(60)
        monkeypatch.setattr(time, "time", lambda: now() - 3600)
        monkeypatch.setattr(time, "time_ns", lambda: now_ns() - 3600 * 10**9)
        run.log({"loss": 2.0})
        run.log_params({"b": "second"})
        run.log_table("t", ["a"], [[1]])
    stored = case.stored()
    assert stored.status is Status.FINISHED
    assert [(point.step, point.value) for point in stored.metrics] == [(0, 1.0), (1, 2.0)]
    assert stored.params == {"a": "first", "b": "second"}
    assert [table.name for table in case.tables()] == ["t"]
