"""Runs that a step makes by Aim's and Comet's own classes are the step's run, on real folders."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aim
import comet_ml
import pytest

from tests.support.made import put
from zenml_trackers import connect
from zenml_trackers.model.records import Status
from zenml_trackers.tracker import Tracker

CLASSES = (aim.Run, comet_ml.Experiment, comet_ml.OfflineExperiment)


@pytest.fixture(autouse=True)
def _unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMET_ERROR_TRACKING_ENABLE", "false")
    monkeypatch.setattr(sys.modules[__name__], "Run", aim.Run, raising=False)
    monkeypatch.setattr(sys.modules[__name__], "Experiment", comet_ml.Experiment, raising=False)
    yield
    module: Any = sys.modules[__name__]
    assert (aim.Run, comet_ml.Experiment, comet_ml.OfflineExperiment) == CLASSES
    assert (module.Run, module.Experiment) == CLASSES[:2]


@pytest.fixture
def repository(tmp_path: Path) -> Tracker:
    return connect(f"aim:///{put('aim', tmp_path / 'aim')}", project="digits", strict=True, deadline=120)


@pytest.fixture
def archives(tmp_path: Path) -> Tracker:
    return connect(f"comet+offline:///{tmp_path}/comet", project="digits", strict=True, deadline=120)


def test_aims_run_is_that_of_the_step(repository: Tracker, said: pytest.LogCaptureFixture) -> None:
    module: Any = sys.modules[__name__]
    with repository.start_run("ours") as ours, ThreadPoolExecutor(1) as pool:
        joined = aim.Run(experiment="theirs")
        assert joined is ours.native is module.Run() is pool.submit(aim.Run).result()
        assert isinstance(joined, aim.Run)
        joined["rate"] = 0.5
        joined.track(0.25, name="loss", step=2)
        joined.close()
    [stored] = repository.read()
    assert (stored.name, stored.status, stored.params) == ("ours", Status.FINISHED, {"rate": 0.5})
    assert [(point.name, point.step, point.value) for point in stored.metrics] == [("loss", 2, 0.25)]
    assert said.text.count("not taken: the experiment 'theirs'") == 1


def test_a_run_of_aims_that_is_named_is_that_run(repository: Tracker, tmp_path: Path) -> None:
    with repository.start_run("first") as first:
        pass
    with repository.start_run("ours") as ours:
        read = aim.Run(first.id, repo=f"{tmp_path}/aim", read_only=True)
        assert (read.hash, read.hash == ours.id) == (first.id, False)


def test_runs_of_aims_at_the_same_time_are_kept_apart(repository: Tracker) -> None:
    def work(name: str) -> None:
        with repository.start_run(name):
            aim.Run().track(1.0, name=name, step=0)

    with repository.start_run("outer"), ThreadPoolExecutor(1) as pool:
        pool.submit(work, "inner").result()
        aim.Run().track(1.0, name="outer", step=0)
    assert {run.name: [point.name for point in run.metrics] for run in repository.read()} == {
        "outer": ["outer"],
        "inner": ["inner"],
    }


def test_comets_experiment_is_that_of_the_step(archives: Tracker, said: pytest.LogCaptureFixture) -> None:
    module: Any = sys.modules[__name__]
    with archives.start_run("ours") as ours, ThreadPoolExecutor(1) as pool:
        joined = comet_ml.Experiment(api_key="none", project_name="theirs")
        assert joined is ours.native is module.Experiment() is comet_ml.OfflineExperiment()
        assert joined is pool.submit(comet_ml.get_running_experiment).result()
        assert isinstance(joined, comet_ml.OfflineExperiment)
        config = comet_ml.ExperimentConfig(name="their name", tags=["native"])
        comet_ml.start(project="theirs", experiment_config=config).set_name("their other name")
        joined.log_metric("loss", 0.5, step=3)
        joined.end()
    [stored] = archives.read()
    assert (stored.name, stored.status, stored.tags) == ("ours", Status.FINISHED, {"native"})
    assert [(point.name, point.step, point.value) for point in stored.metrics] == [("loss", 3, 0.5)]
    for asked in ("project 'theirs'", "name 'their name'", "name 'their other name'"):
        assert said.text.count(f"the {asked}") == 1, said.text
