"""L1 to L10, driven hook by hook, read from Trackio's own file."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from uuid import uuid4

import pytest
import trackio
from trackio import context_vars

from tests.support import direct, reader
from zenml_trackers import NoActiveRun, get_run, get_trackio_run


def test_a_silent_step_has_its_run(project):
    direct.run_step(direct.tracker(project=project), direct.info())
    [run] = reader.local(project)
    assert (run.status, run.metrics) == ("finished", [])


def test_each_step_has_one_run(project):
    tracker = direct.tracker(project=project)
    for step in ("load", "train", "evaluate"):
        direct.run_step(tracker, direct.info(step))
    assert [run.config["zenml.step"] for run in reader.local(project)] == ["load", "train", "evaluate"]


def _surroundings():
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "handlers": list(logging.getLogger().handlers),
        "excepthook": sys.excepthook,
        "streams": (sys.stdout, sys.stderr),
        "signals": [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
        "trackio": (trackio.init, trackio.finish, trackio.config),
        "context": [var.get() for name, var in sorted(vars(context_vars).items()) if name.startswith("current_")],
    }


@pytest.mark.parametrize("error", [None, ValueError("boom"), SystemExit(3)])
def test_cleanup_leaves_the_process_as_it_was(project, error):
    before = _surroundings()
    if error is None:
        direct.run_step(direct.tracker(project=project), direct.info(), lambda: trackio.log({"a": 1}))
    else:
        direct.failing_step(direct.tracker(project=project), direct.info(), error)
    assert _surroundings() == before
    with pytest.raises(NoActiveRun, match="names its tracker"):
        get_run()
    with pytest.raises(NoActiveRun, match="names its tracker"):
        get_trackio_run()


def test_an_outer_native_run_survives_a_tracked_step(project):
    outer = trackio.init(project=f"{project}-outer", name="outer")
    direct.run_step(direct.tracker(project=project), direct.info(), lambda: trackio.log({"inner": 1}))
    trackio.log({"outer": 2})
    assert context_vars.current_run.get() is outer
    trackio.finish()
    assert reader.local(f"{project}-outer")[0].metrics == [("outer", 0, 2)]
    assert reader.local(project)[0].metrics == [("inner", 0, 1)]


def test_a_fresh_process_sees_all_rows_when_cleanup_returns(project):
    def body():
        for index in range(500):
            get_run().log({"index": index})

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    count = f"import sqlite3, os; print(sqlite3.connect(os.environ['TRACKIO_DIR'] + '/{project}.db').execute("
    count += '"SELECT COUNT(*) FROM metrics WHERE step >= 0").fetchone()[0])'
    assert subprocess.check_output([sys.executable, "-c", count], text=True).strip() == "500"


def test_any_sequence_of_steps_leaves_what_each_alone_would(project):
    tracker = direct.tracker(project=project)
    direct.run_step(tracker, direct.info("good"), lambda: get_run().log({"m": 1}))
    direct.failing_step(tracker, direct.info("bad"), ValueError("x"))
    direct.run_step(tracker, direct.info("empty"))
    direct.run_step(tracker, direct.info("tagged", tags=["t"]))
    direct.run_step(tracker, direct.info("good again"), lambda: get_run().log({"m": 2}))
    seen = [(run.config["zenml.step"], run.status, run.series("m"), "t" in run.tags) for run in reader.local(project)]
    assert seen == [
        ("good", "finished", [(0, 1)], False),
        ("bad", "failed", [], False),
        ("empty", "finished", [], False),
        ("tagged", "finished", [], True),
        ("good again", "finished", [(0, 2)], False),
    ]


def test_a_native_finish_does_not_end_the_run(project):
    def body():
        trackio.log({"before": 1})
        trackio.finish()
        trackio.log({"after": 2})
        get_trackio_run().finish()
        get_trackio_run().log({"later": 3})

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    [run] = reader.local(project)
    assert run.status == "finished"
    assert [name for name, _, _ in run.metrics] == ["before", "after", "later"]


def test_a_native_init_joins_the_run_as_a_training_callback_does(project, said):
    def body():
        trackio.init(project="huggingface", name="trainer", resume="allow", config={"lr": 0.1, "odd": {1, 2}})
        trackio.config.update({"epochs": 3})
        trackio.log({"loss": 0.5})
        trackio.finish()

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    [run] = reader.local(project)
    assert (run.status, run.series("loss")) == ("finished", [(0, 0.5)])
    assert run.params == {"lr": 0.1, "odd": [1, 2], "epochs": 3}
    assert reader.local("huggingface") == []
    assert "joins the run" in said.text


def test_a_run_that_the_step_started_past_us_is_ended_too(project):
    original = trackio.init

    def body():
        original(project=f"{project}-past", name="past")
        trackio.context_vars.current_run.get().log({"x": 1})

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    assert reader.local(project)[0].status == "finished"
    assert [run.series("x") for run in reader.local(f"{project}-past")] == [[(0, 1)]]
    assert context_vars.current_run.get() is None


def test_overlapping_steps_never_mix(project):
    tracker = direct.tracker(project=project)
    together = threading.Barrier(4)

    def one(number):
        def body():
            for index in range(50):
                together.wait(30)
                trackio.log({"native": number * 1000 + index})
                get_run().log({"neutral": number * 1000 + index})
            trackio.init(project="elsewhere", config={"number": number})

        direct.run_step(tracker, direct.info(f"step-{number}"), body)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: copy_context().run(one, number), range(4)))
    runs = reader.local(project)
    assert len(runs) == 4
    for run in runs:
        number = int(run.config["zenml.step"].removeprefix("step-"))
        expected = [number * 1000 + index for index in range(50)]
        assert [value for _, value in run.series("native")] == expected
        assert [value for _, value in run.series("neutral")] == expected
        assert run.params == {"number": number}


def test_each_retry_is_a_run_of_its_own(project):
    tracker = direct.tracker(project=project)
    pipeline_run, step_run = uuid4(), uuid4()
    for message in ("first", "second"):
        step = direct.info(run_id=pipeline_run, step_run_id=step_run)
        direct.failing_step(tracker, step, ValueError(message))
    direct.run_step(tracker, direct.info(run_id=pipeline_run, step_run_id=step_run))
    seen = [(run.config["zenml.attempt"], run.status, run.error) for run in reader.local(project)]
    assert seen == [
        (1, "failed", ("ValueError", "first")),
        (2, "failed", ("ValueError", "second")),
        (3, "finished", None),
    ]


def test_a_step_that_never_started_is_ended_by_the_next(project):
    tracker = direct.tracker(project=project)
    pipeline_run = uuid4()
    tracker.prepare_step_run(direct.info("broken", run_id=pipeline_run))
    direct.run_step(tracker, direct.info("next", run_id=pipeline_run), lambda: get_run().log({"m": 1}))
    broken, after = reader.local(project)
    assert (broken.status, broken.error[0], broken.metrics) == ("failed", "StepNeverStarted", [])
    assert (after.status, after.series("m")) == ("finished", [(0, 1)])


def test_a_run_that_replaced_ours_does_not_leak_out_of_the_step(project):
    direct.run_step(direct.tracker(project=project), direct.info(), lambda: context_vars.current_run.set(None))
    assert context_vars.current_run.get() is None
    assert reader.local(project)[0].status == "finished"


def test_cleanup_without_prepare_does_nothing(project):
    tracker, step = direct.tracker(project=project), direct.info()
    tracker.cleanup_step_run(step, False)
    assert tracker.get_step_run_metadata(step) == {}
    assert reader.local(project) == []
