"""In a process with one tracked step its run is found in any thread; with several, the error says what to do."""

from __future__ import annotations

import contextvars
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import trackio
from zenml import pipeline, step

from tests.support import direct, pipelines, reader
from tests.support.trackers import connected, only_run
from zenml_trackers import NoActiveRun, connect, get_run, get_trackio_run
from zenml_trackers.delivery import active


def in_a_thread(call: Any) -> Any:
    """What a call in a thread of its own returns or raises; no context is passed to it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


@pytest.fixture
def at(project, tmp_path, monkeypatch):
    return connected("memory", tmp_path, project, monkeypatch)


class TestOneStep:
    def test_threads_of_all_kinds_find_its_run(self, at):
        with at.start_run("r") as run:
            assert in_a_thread(get_run) is run
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda number: get_run().log({"m": number}), range(100)))
            thread = threading.Thread(target=lambda: get_run().log_params({"thread": 1}))
            thread.start()
            thread.join()
        stored = only_run(at)
        assert sorted(point.value for point in stored.metrics) == list(range(100))
        assert sorted(point.step for point in stored.metrics) == list(range(100))
        assert stored.params == {"thread": 1}

    def test_there_is_none_once_it_is_over(self, at):
        with ThreadPoolExecutor(1) as pool:
            with at.start_run("r") as run:
                assert pool.submit(get_run).result() is run
            with pytest.raises(NoActiveRun, match="names its tracker"):
                pool.submit(get_run).result()

    def test_trackios_own_calls_reach_it_too(self, project):
        def body():
            for call in (trackio.log, trackio.log, lambda row: get_trackio_run().log_metrics(row)):
                in_a_thread(lambda call=call: call({"m": 1}))
            in_a_thread(lambda: trackio.init(project="elsewhere", config={"lr": 0.1}))
            in_a_thread(trackio.finish)
            in_a_thread(lambda: trackio.alert("a"))

        before = dict(vars(trackio.context_vars))
        direct.run_step(direct.tracker(project=project), direct.info(), body)
        [run] = reader.local(project)
        assert run.series("m") == [(0, 1), (1, 1), (2, 1)]
        assert run.config["lr"] == 0.1
        assert dict(vars(trackio.context_vars)) == before
        assert reader.local("elsewhere") == []


class TestSeveral:
    def test_each_context_has_its_own_and_other_threads_are_told_what_to_do(self, at):
        together, found, errors = threading.Barrier(2), {}, []

        def block(name):
            with at.start_run(name) as run:
                together.wait(10)
                found[name] = (
                    get_run() is run,
                    in_a_thread(lambda: _error_of(get_run)),
                    os.environ.get(active.VARIABLE),
                )
                context = contextvars.copy_context()
                errors.append(in_a_thread(lambda: context.run(get_run)) is not run)
                together.wait(10)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(block, ["a", "b"]))
        assert errors == [False, False]
        for own, said, variable in found.values():
            assert own
            assert "Several tracked steps" in said
            assert "copy_context" in said
            assert variable is None

    def test_trackios_own_calls_in_other_threads_do_as_outside_of_steps(self, project):
        trackers = [direct.tracker(project=project) for _ in range(2)]
        together, told = threading.Barrier(2), []

        def body():
            together.wait(10)
            trackio.log({"own": 1})
            told.append(in_a_thread(lambda: _error_of(lambda: trackio.log({"lost": 1}))))
            together.wait(10)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda tracker: direct.run_step(tracker, direct.info(), body), trackers))
        assert ["trackio.init()" in each for each in told] == [True, True]
        assert [run.metrics for run in reader.local(project)] == [[("own", 0, 1)]] * 2

    def test_the_runs_of_several_trackers_of_one_step_are_one_steps(self, project):
        info = direct.info()
        first, second = direct.tracker(project=project), direct.tracker(project=f"{project}-2")
        found = []
        direct.run_step(first, info, lambda: direct.run_step(second, info, lambda: found.append(in_a_thread(get_run))))
        assert found[0].project == project


class TestTheVariable:
    def test_it_names_the_journal_while_one_step_runs(self, at, monkeypatch, tmp_path):
        monkeypatch.setenv(active.VARIABLE, "before")
        with at.start_run("outer"):
            journal = os.environ[active.VARIABLE]
            assert os.path.isfile(os.path.join(journal, "records.jsonl"))
            with at.start_run("inner"):
                assert active.VARIABLE not in os.environ
            assert os.environ[active.VARIABLE] == journal
        assert os.environ[active.VARIABLE] == "before"

    def test_it_is_as_before_when_steps_end_in_another_order(self, at):
        one, two = at.start_run("one"), at.start_run("two")
        one.__enter__()
        first = os.environ[active.VARIABLE]
        two.__enter__()
        one.__exit__(None, None, None)
        assert os.environ[active.VARIABLE] not in (None, first)
        two.__exit__(None, None, None)
        assert active.VARIABLE not in os.environ


def _error_of(call: Any) -> str:
    try:
        call()
    except Exception as error:
        return str(error)
    return ""


seen: dict[str, Any] = {}


def log_from_a_hook() -> None:
    seen["said"] = _error_of(get_run)
    seen["trackio"] = _error_of(get_trackio_run)


@step(experiment_tracker="tracker", enable_cache=False, on_success=log_from_a_hook)
def succeeds() -> None:
    get_run().log({"loss": 1})


def log_of_a_failure(error: BaseException) -> None:
    get_run().log({"hook": 2})


@step(experiment_tracker="tracker", enable_cache=False, on_failure=log_of_a_failure)
def fails() -> None:
    get_run().log({"loss": 1})
    raise ValueError("no")


@pipeline(enable_cache=False)
def hooked_to_failure() -> None:
    fails()


def test_a_hook_on_failure_logs_as_the_step_does(zenml_store, project):
    pipelines.unified_stack_with(url=f"memory://{project}")
    pipelines.run(hooked_to_failure)
    stored = only_run(connect(f"memory://{project}", project="hooked_to_failure"))
    assert [(point.name, point.value) for point in stored.metrics] == [("loss", 1), ("hook", 2)]


@pipeline(enable_cache=False)
def hooked() -> None:
    succeeds()


@pytest.mark.parametrize("flavor", ["unified", "trackio"])
def test_a_hook_is_told_that_the_run_is_over_and_how_to_go_on_with_it(flavor, zenml_store, project):
    if flavor == "unified":
        pipelines.unified_stack_with(url=f"memory://{project}")
    else:
        pipelines.stack_with(project=project)
    pipelines.run(hooked)
    assert "The run of this step is over" in seen["said"]
    assert seen["trackio"] == seen["said"]
    code = seen["said"].partition("`with ")[2].partition(" as run")[0]
    with eval(code, {"connect": connect}) as run:
        run.log({"from the hook": 2})
    again = connect(f"memory://{project}" if flavor == "unified" else "trackio:///", project=run.project)
    stored = only_run(again)
    assert [(point.name, point.value) for point in stored.metrics] == [("loss", 1), ("from the hook", 2)]
