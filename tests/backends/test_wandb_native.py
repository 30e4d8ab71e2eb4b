"""W&B's own calls in tracked runs, as scripts and libraries make them, offline and on real files.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import wandb
from zenml import pipeline, step

from tests.support.pipelines import run, unified_stack_with
from zenml_trackers import connect, get_run
from zenml_trackers.model.records import Status
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.port.bounded import bounded
from zenml_trackers.tracker import Tracker


@pytest.fixture(autouse=True)
def _nothing_leaves_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    monkeypatch.chdir(tmp_path)
    for name in ("WANDB_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return connect(f"wandb+offline:///{tmp_path}/runs", project="digits", strict=True)


def _only(tracker: Tracker) -> StoredRun:
    [stored] = tracker.read()
    return stored


@pytest.mark.parametrize(
    "given", [{"reinit": True}, {"reinit": "finish_previous"}, {"settings": wandb.Settings(run_name="their name")}]
)
def test_init_joins_the_run_and_says_what_it_did_not_take(
    tracker: Tracker, said: pytest.LogCaptureFixture, given: dict[str, Any]
) -> None:
    with tracker.start_run("ours", tags=["own"]) as ours:
        for _ in range(2):
            with wandb.init(
                **{"name": "their name", **given} if "settings" not in given else given,
                project="theirs",
                group="their group",
                config={"lr": 0.1},
                tags=["native"],
                notes="about it",
            ) as joined:
                joined.log({"loss": 1.0})
        assert wandb.run is ours.native is joined
        assert (joined.notes, joined.name, joined.project) == ("about it", "ours", "digits")
        wandb.run.name = "their other name"
    stored = _only(tracker)
    assert (stored.name, stored.status, stored.tags) == ("ours", Status.FINISHED, {"own", "native"})
    assert (stored.params, [point.value for point in stored.metrics]) == ({"lr": 0.1}, [1.0, 1.0])
    for asked in ("name 'their name'", "name 'their other name'", "project 'theirs'", "group 'their group'"):
        assert said.text.count(f"the {asked}") == 1, said.text


def test_what_agrees_with_the_run_is_not_said(tracker: Tracker, said: pytest.LogCaptureFixture) -> None:
    with tracker.start_run("ours"):
        wandb.init(project="digits", name="ours", group="other")
    assert "not taken: the group 'other'." in said.text


def test_steps_that_are_given_keep_all_rows(tracker: Tracker) -> None:
    with tracker.start_run("ours") as ours:
        for number in range(3):
            ours.log({"mine": number}, step=50 + number)
            ours.flush()
            wandb.log({"loss": number}, step=number)
            wandb.run.log({"late": number}, step=0)
    points = [(point.name, point.step, point.value) for point in _only(tracker).metrics]
    assert sorted(points) == sorted(
        row for n in range(3) for row in [("mine", 50 + n, n), ("loss", n, n), ("late", 0, n)]
    )


def test_other_threads_of_the_only_step_reach_its_run(tracker: Tracker) -> None:
    def work(number: int) -> Any:
        with wandb.init(reinit=True) as joined:
            wandb.log({f"m{number}": number})
        wandb.finish()
        return joined

    with ThreadPoolExecutor(2) as pool:
        with tracker.start_run("ours") as ours:
            assert set(map(id, pool.map(work, range(4)))) == {id(ours.native)}
        assert pool.submit(lambda: wandb.run).result() is None
    stored = _only(tracker)
    assert ({point.name for point in stored.metrics}, stored.status) == ({"m0", "m1", "m2", "m3"}, Status.FINISHED)


def test_what_delivers_other_runs_belongs_to_no_step(tracker: Tracker) -> None:
    with tracker.start_run("ours") as ours, ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: wandb.run).result() is ours.native
        assert bounded(lambda: wandb.run, 60, "looking for a run") is None


def test_a_disabled_run_stores_nothing(tracker: Tracker) -> None:
    with tracker.start_run("ours") as ours:
        wandb.init(mode="disabled", config={"lr": 0.1}).log({"loss": 1.0})
        assert wandb.run is ours.native
    assert (_only(tracker).metrics, _only(tracker).params) == ((), {})
    assert wandb.run is None


@step(experiment_tracker="tracker", enable_cache=False)
def script() -> None:
    get_run().log({"ours": 1})
    wandb.init(project="theirs", name="their name", config={"lr": 0.1}, reinit=True)
    for number in range(3):
        wandb.log({"loss": number}, step=10 * number)
    wandb.finish()


@step(experiment_tracker="tracker", enable_cache=False)
def failing() -> None:
    with wandb.init():
        wandb.log({"loss": 1}, step=7)
        raise ValueError("no luck")


@pytest.mark.usefixtures("zenml_store")
def test_scripts_run_unchanged_in_steps(tmp_path: Path) -> None:
    url = f"wandb+offline:///{tmp_path}/runs"
    unified_stack_with(url=url, project="digits", deadline=120)
    before = {name: value for name, value in os.environ.items() if name.startswith("WANDB_")}

    @pipeline(name="native")
    def steps() -> None:
        script(id="script")
        failing(id="failing")

    run(steps)
    good, bad = sorted(connect(url, project="digits").read(), key=lambda stored: stored.status is Status.FAILED)
    assert [(point.step, point.value) for point in good.metrics if point.name == "loss"] == [(0, 0), (10, 1), (20, 2)]
    assert ("ours" in {point.name for point in good.metrics}, good.params, good.status) == (
        True,
        {"lr": 0.1},
        Status.FINISHED,
    )
    assert ([point.step for point in bad.metrics], bad.status, bad.error and bad.error.type) == (
        [7],
        Status.FAILED,
        "ValueError",
    )
    assert {name: value for name, value in os.environ.items() if name.startswith("WANDB_")} == before
    assert wandb.run is None
