"""MLflow's own calls in tracked runs, as scripts and libraries make them, on a real file."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support.made import put
from zenml_trackers import connect
from zenml_trackers.model.records import Status
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.tracker import Tracker

VARIABLES = ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    return put("mlflow", tmp_path_factory.mktemp("mlflow") / "runs.db")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would reach no run shows up here, and not in the folder of the tests."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tracker(file: Path, project: str) -> Tracker:
    return connect(f"mlflow+sqlite:///{file}", project=project, strict=True, deadline=120)


@pytest.fixture
def unchanged(tracker: Tracker) -> Iterator[None]:
    """The process is afterwards as it was before."""
    with tracker.start_run("loads MLflow"):
        pass
    before = _process()
    yield
    assert _process() == before


def _process() -> list[Any]:
    import mlflow
    from mlflow.tracking import fluent
    from mlflow.tracking._tracking_service import utils

    functions = [mlflow.start_run, mlflow.end_run, mlflow.set_experiment, mlflow.set_tracking_uri]
    state = [utils._tracking_uri, fluent._active_experiment_id, fluent._last_active_run_id.get(), mlflow.active_run()]
    stacks = [run for stack in fluent._active_run_stack.get_all_thread_values().values() for run in stack]
    variables = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return [*functions, mlflow.get_tracking_uri, mlflow.get_tracking_uri(), *state, stacks, variables]


def _values(run: StoredRun) -> dict[str, float]:
    return {point.name: point.value for point in run.metrics}


def _stored(tracker: Tracker) -> dict[str, StoredRun]:
    return {run.name: run for run in tracker.read() if run.name != "loads MLflow"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"run_name": "trainer", "experiment_id": "4711"},
        {"tags": {"mlflow.runName": "x", "team": "nlp"}, "description": "about it"},
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_the_first_start_joins_the_run(tracker: Tracker, given: dict[str, Any]) -> None:
    import mlflow

    with tracker.start_run("ours") as run:
        with mlflow.start_run(**given) as joined:
            mlflow.log_metric("inside", 1)
        mlflow.log_metric("after", 2)
        with mlflow.start_run():
            mlflow.log_metric("again", 3)
        assert mlflow.get_run(run.id).info.status == "RUNNING"
    assert joined.info.run_id == run.id
    [(name, stored)] = _stored(tracker).items()
    assert (name, stored.status) == ("ours", Status.FINISHED)
    assert _values(stored) == {"inside": 1, "after": 2, "again": 3}
    assert stored.metadata == ({"team": "nlp"} if "tags" in given else {})


@pytest.mark.slow
@pytest.mark.usefixtures("unchanged")
def test_what_was_asked_for_and_not_taken_is_said_once(tracker: Tracker, said: pytest.LogCaptureFixture) -> None:
    import mlflow

    with tracker.start_run("ours"):
        for _ in range(2):
            mlflow.set_tracking_uri("http://me:secret@elsewhere:5000")
            mlflow.set_experiment("their experiment")
            with mlflow.start_run(run_name="their name", tags={"mlflow.runName": "their tag"}):
                mlflow.set_tag("mlflow.runName", "their tag")
    asked = (
        "address 'http://elsewhere:5000'",
        "experiment 'their experiment'",
        "name 'their name'",
        "name 'their tag'",
    )
    assert [said.text.count(f"not taken: the {each}") for each in asked] == [1, 1, 1, 1], said.text
    assert "secret" not in said.text
    [stored] = _stored(tracker).values()
    assert stored.name == "ours"


@pytest.mark.slow
@pytest.mark.usefixtures("unchanged")
def test_nested_runs_are_children_and_end_as_usual(tracker: Tracker) -> None:
    import mlflow

    with tracker.start_run("ours") as run:
        with mlflow.start_run(run_name="joined"):
            with mlflow.start_run(run_name="child", nested=True) as child:
                mlflow.log_metric("depth", 1)
                with mlflow.start_run(run_name="grandchild", nested=True) as grandchild:
                    mlflow.log_metric("depth", 2)
            mlflow.log_metric("depth", 0)
        with pytest.raises(ValueError, match="no luck"), mlflow.start_run(run_name="bad", nested=True):
            raise ValueError("no luck")
        with mlflow.start_run(run_name="by id", parent_run_id=child.info.run_id, nested=True) as by_id:
            pass
        parents = [mlflow.get_run(each.info.run_id).data.tags["mlflow.parentRunId"] for each in (child, grandchild)]
        assert parents == [run.id, child.info.run_id]
        assert mlflow.get_run(by_id.info.run_id).data.tags["mlflow.parentRunId"] == child.info.run_id
    stored = _stored(tracker)
    assert {name: _values(each).get("depth") for name, each in stored.items()} == {
        "ours": 0,
        "child": 1,
        "grandchild": 2,
        "bad": None,
        "by id": None,
    }
    assert {name for name, each in stored.items() if each.status is Status.FAILED} == {"bad"}


@pytest.mark.usefixtures("unchanged")
def test_a_run_that_a_client_made_goes_on(tracker: Tracker) -> None:
    import mlflow

    with tracker.start_run("ours") as run:
        experiment = mlflow.set_experiment(f"{tracker.project}-other")
        made = mlflow.MlflowClient().create_run(experiment.experiment_id)
        with mlflow.start_run(run_id=made.info.run_id):
            mlflow.log_metric("m", 1)
        mlflow.log_metric("m", 2)
        assert mlflow.get_run(made.info.run_id).data.metrics == {"m": 1}
        assert mlflow.active_run().info.run_id == run.id
    assert _values(_stored(tracker)["ours"]) == {"m": 2}


@pytest.mark.slow
def test_the_address_and_the_variables_name_the_store(tracker: Tracker, file: Path, unchanged: None) -> None:
    import mlflow

    with tracker.start_run("ours") as run:
        assert mlflow.get_tracking_uri() == os.environ["MLFLOW_TRACKING_URI"] == f"sqlite:///{file}"
        assert os.environ["MLFLOW_RUN_ID"] == run.id
        with mlflow.start_run(nested=True):
            pass
        code = "import mlflow\nwith mlflow.start_run(): mlflow.log_metric('spawned', 1)"
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    assert _values(_stored(tracker)["ours"]) == {"spawned": 1}
    assert _stored(tracker)["ours"].status is Status.FINISHED


@pytest.mark.slow
def test_overlapping_runs_keep_to_their_own(tracker: Tracker, file: Path, unchanged: None, tmp_path: Path) -> None:
    import mlflow

    other = connect(
        f"mlflow+sqlite:///{put('mlflow', tmp_path / 'other.db')}", project="other", strict=True, deadline=120
    )
    barrier, before = threading.Barrier(2, timeout=60), {name: os.environ.get(name) for name in VARIABLES}

    def step(at: Tracker, name: str, first: bool) -> None:
        if not first:
            barrier.wait()
        with at.start_run(name):
            if first:
                barrier.wait()
            barrier.wait()
            assert {name: os.environ.get(name) for name in VARIABLES} == before
            with mlflow.start_run():
                mlflow.log_metric(name, 1)
            with mlflow.start_run(run_name=f"{name}'s child", nested=True):
                mlflow.log_metric(name, 2)
            mlflow.log_text(mlflow.get_tracking_uri(), "uri.txt")
            mlflow.log_param("uri", mlflow.get_tracking_uri())
            barrier.wait()
            if not first:
                barrier.wait()
        if first:
            barrier.wait()

    with ThreadPoolExecutor(2) as pool:
        for result in [pool.submit(step, tracker, "one", True), pool.submit(step, other, "two", False)]:
            result.result()
    assert {name: _values(run) for name, run in _stored(tracker).items()} == {
        "one": {"one": 1},
        "one's child": {"one": 2},
    }
    assert _values(_stored(other)["two"]) == {"two": 1}
    assert _stored(other)["two"].params == {"uri": f"sqlite:///{tmp_path}/other.db"}
    assert not Path("mlflow.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("inside", [True, False])
def test_other_threads_of_the_only_step_reach_its_run(tracker: Tracker, unchanged: None, inside: bool) -> None:
    import mlflow

    def work(number: int) -> str:
        if inside:
            with mlflow.start_run(run_name=f"trial {number}", nested=True):
                mlflow.log_metric("m", number)
        else:
            mlflow.log_metric(f"m{number}", number)
            mlflow.end_run()
        return str(mlflow.get_tracking_uri())

    with tracker.start_run("ours") as run, ThreadPoolExecutor(2) as pool:
        assert set(pool.map(work, range(4))) == {mlflow.get_tracking_uri()}
        assert mlflow.get_run(run.id).info.status == "RUNNING"
    stored = _stored(tracker)
    if inside:
        assert {name: _values(each).get("m") for name, each in stored.items()} == {
            "ours": None,
            **{f"trial {number}": number for number in range(4)},
        }
    else:
        assert {name: _values(each) for name, each in stored.items()} == {"ours": {f"m{n}": n for n in range(4)}}


@pytest.mark.usefixtures("unchanged")
def test_a_thread_that_outlives_the_run_reaches_it_no_more(tracker: Tracker) -> None:
    import mlflow

    with ThreadPoolExecutor(1) as pool:
        with tracker.start_run("ours"):
            pool.submit(mlflow.log_metric, "m", 1).result()
        assert pool.submit(mlflow.active_run).result() is None
    assert _values(_stored(tracker)["ours"]) == {"m": 1}


def test_a_thread_that_could_belong_to_several_runs_is_told(
    tracker: Tracker, unchanged: None, said: pytest.LogCaptureFixture
) -> None:
    import mlflow

    with tracker.start_run("one"), tracker.start_run("two"), ThreadPoolExecutor(1) as pool:
        stray = pool.submit(mlflow.start_run).result()
        pool.submit(mlflow.end_run).result()
    assert "copy_context" in said.text
    assert stray.info.run_id not in [run.id for run in tracker.read()]


def test_a_run_that_fails_leaves_nothing_behind(tracker: Tracker, unchanged: None) -> None:
    import mlflow

    def fail(raised: Callable[[], None]) -> None:
        with tracker.start_run("ours"), mlflow.start_run():
            mlflow.set_experiment("their experiment")
            mlflow.set_tracking_uri("file:///tmp/elsewhere")
            raised()

    with pytest.raises(ZeroDivisionError):
        fail(lambda: 1 // 0)
    assert _stored(tracker)["ours"].status is Status.FAILED


def test_calls_that_were_imported_by_name_join_too(tracker: Tracker, unchanged: None, monkeypatch: Any) -> None:
    import mlflow

    module = sys.modules[__name__]
    monkeypatch.setattr(module, "start_run", mlflow.start_run, raising=False)
    with tracker.start_run("ours") as run, module.start_run() as joined:
        assert joined.info.run_id == run.id
    assert module.start_run is mlflow.start_run
