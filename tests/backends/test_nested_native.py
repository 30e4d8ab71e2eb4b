"""A library's own calls while a child run is open: in its block they reach the child, elsewhere the step's run."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support import trackers
from zenml_trackers.tracker import Tracker

Log = Callable[[str], None]


def _mlflow(name: str) -> None:
    import mlflow

    mlflow.log_metric(name, 1)


def _wandb(name: str) -> None:
    import wandb

    wandb.log({name: 1})


def _tensorboard(name: str) -> None:
    from tensorboardX import SummaryWriter

    with SummaryWriter() as writer:
        writer.add_scalar(name, 1, 0)


def _trackio(name: str) -> None:
    import trackio

    trackio.log({name: 1})


def _comet(name: str) -> None:
    import comet_ml

    comet_ml.get_running_experiment().log_metric(name, 1, step=0)


def _aim(name: str) -> None:
    import aim

    aim.Run().track(1, name, step=0)


CALLS: dict[str, Log] = {
    "mlflow": _mlflow,
    "wandb": _wandb,
    "tensorboard": _tensorboard,
    "trackio": _trackio,
    "comet": _comet,
    "aim": _aim,
}


@pytest.fixture(params=CALLS)
def backend(request: pytest.FixtureRequest) -> str:
    if request.param == "tensorboard" and find_spec("tensorboardX") is None:
        pytest.skip("tensorboardX is not installed here")
    return str(request.param)


@pytest.fixture
def log(backend: str) -> Log:
    return CALLS[backend]


@pytest.fixture
def tracker(backend: str, tmp_path: Path, project: str, monkeypatch: pytest.MonkeyPatch) -> Tracker:
    monkeypatch.chdir(tmp_path)
    return trackers.connected(backend, tmp_path, project, monkeypatch)


def _stored(tracker: Tracker) -> dict[str, set[str]]:
    """The names of the metrics of each run."""
    return {run.name: {point.name for point in run.metrics} for run in tracker.read()}


def test_in_the_block_they_reach_the_child_and_in_another_thread_the_steps_run(tracker: Tracker, log: Log) -> None:
    with tracker.start_run("step") as run, ThreadPoolExecutor(1) as pool:
        log("before")
        with run.child("fold"):
            log("inner")
            pool.submit(log, "thread").result()
            with run.child("second"):
                log("second")
                pool.submit(log, "thread-2").result()
            log("inner-2")
        log("after")
        pool.submit(log, "thread-3").result()
    assert _stored(tracker) == {
        "step": {"before", "thread", "thread-2", "after", "thread-3"},
        "fold": {"inner", "inner-2"},
        "second": {"second"},
    }


def test_children_in_threads_have_their_own_each(tracker: Tracker, log: Log) -> None:
    """As of a search with several jobs."""
    together = threading.Barrier(3)

    with tracker.start_run("step") as run, ThreadPoolExecutor(2) as pool:

        def trial(number: int) -> None:
            with run.child(f"trial {number}"):
                together.wait(60)
                log(f"m{number}")
                together.wait(60)

        trials = [pool.submit(trial, number) for number in range(2)]
        together.wait(60)
        log("own")
        together.wait(60)
        for each in trials:
            each.result()
        pool.submit(log, "thread").result()
    assert _stored(tracker) == {"step": {"own", "thread"}, "trial 0": {"m0"}, "trial 1": {"m1"}}


@pytest.mark.slow
def test_runs_that_mlflow_started_go_on_after_the_child(
    tmp_path: Path, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.chdir(tmp_path)
    tracker = trackers.connected("mlflow", tmp_path, project, monkeypatch)
    with tracker.start_run("step") as run, mlflow.start_run():
        variable = os.environ["MLFLOW_RUN_ID"]
        with mlflow.start_run(run_name="native", nested=True):
            with run.child("fold"):
                _mlflow("fold")
                with mlflow.start_run(run_name="in the fold", nested=True) as inner:
                    _mlflow("in the fold")
                assert os.environ["MLFLOW_RUN_ID"] == variable == run.id
            _mlflow("native")
        _mlflow("own")
    found = _stored(tracker)
    assert found == {"step": {"own"}, "native": {"native"}, "fold": {"fold"}, "in the fold": {"in the fold"}}
    fold = next(each for each in tracker.read() if each.name == "fold")
    assert (
        mlflow.MlflowClient(f"sqlite:///{tmp_path}/runs.db").get_run(inner.info.run_id).data.tags["mlflow.parentRunId"]
        == fold.id
    )


def test_trackios_config_is_the_steps_again_after_the_child(
    tmp_path: Path, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import trackio

    tracker = trackers.connected("trackio", tmp_path, project, monkeypatch)
    with tracker.start_run("step") as run:
        with run.child("fold"):
            trackio.config["inner"] = 1
        trackio.config["own"] = 2
        run.add_tags("stores the config")
    assert {each.name: each.params for each in tracker.read()} == {"step": {"own": 2}, "fold": {"inner": 1}}
