"""A step that ZenML gives up after it ran: its run ends as ZenML knows it, and is nobody's run any more.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

import contextvars
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from zenml import pipeline, step
from zenml.client import Client

from tests.support import reader
from tests.support.pipelines import stack_with
from zenml_trackers import get_run
from zenml_trackers.errors import NoActiveRun
from zenml_trackers.zenml import component, given_up


def break_the_store() -> None:
    """ZenML can't store what is known of a run from now on, but knows steps and their status."""
    with closing(sqlite3.connect(store())) as database, database:
        database.execute(
            "CREATE TRIGGER refused BEFORE INSERT ON run_metadata BEGIN SELECT RAISE(ABORT, 'out of order'); END"
        )


def mend_the_store() -> None:
    with closing(sqlite3.connect(store())) as database, database:
        database.execute("DROP TRIGGER refused")


def store() -> Path:
    return Path(Client().zen_store.config.url.removeprefix("sqlite:///"))


@step(experiment_tracker="tracker", enable_cache=False)
def breaks() -> None:
    get_run().log({"loss": 1.0})
    break_the_store()


@step(experiment_tracker="tracker", enable_cache=False)
def good() -> None:
    get_run().log({"loss": 2.0})


@pipeline(enable_cache=False)
def breaking() -> None:
    breaks()


@pipeline(enable_cache=False)
def healthy() -> None:
    good()


@pytest.fixture
def broken(zenml_store, project: str, monkeypatch: pytest.MonkeyPatch):
    """The step ran, ZenML could not take its metadata, and failed it."""
    monkeypatch.setattr(given_up, "FIRST_LOOK", 0.2)
    stack_with(project=project)
    context = contextvars.copy_context()  # in which Trackio's own calls still reach the run
    with suppress(Exception, SystemExit):
        context.run(breaking)
    mend_the_store()
    return context


def soon_ended(project: str):
    until = time.monotonic() + 10
    while (run := reader.local(project)[0]).status == "running" and time.monotonic() < until:
        time.sleep(0.1)
    return run


@pytest.mark.slow
def test_a_step_whose_metadata_zenml_can_not_take_is_ended_as_zenml_knows_it(broken, project):
    run = soon_ended(project)
    [zenml_step] = Client().list_run_steps().items
    assert zenml_step.status.value == run.status == "failed"
    assert run.error == (given_up.UNTOLD.type, given_up.UNTOLD.message)
    assert run.series("loss") == [(0, 1.0)]


@pytest.mark.slow
def test_its_run_is_nobodys_after_that(broken, project):
    soon_ended(project)
    with pytest.raises(NoActiveRun):
        broken.run(get_run)


@pytest.mark.slow
def test_the_next_step_has_its_own(broken, project):
    broken.run(healthy)
    runs = reader.local(project)
    assert [run.status for run in runs] == ["failed", "finished"]
    assert [run.series("loss") for run in runs] == [[(0, 1.0)], [(0, 2.0)]]
    assert runs[0].error[0] != component.NEVER_STARTED.type
