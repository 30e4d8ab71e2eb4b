"""The drivers that execute real pipelines tell the truth, and leave the user's own ZenML store alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tracker_contracts.drivers import pipeline, process
from tracker_contracts.drivers.world import flavor_of
from tracker_contracts.harness import Place
from tracker_contracts.programs.plan import Fail, LogMetrics, Signal, StepPlan, Wait
from tracker_contracts.reference.mutants.failure import MarksFailedAsFinished
from tracker_contracts.reference.mutants.harness import ReferenceHarness
from tracker_contracts.reference.mutants.mutant import declared
from zenml.client import Client
from zenml.config.global_config import GlobalConfiguration
from zenml.metadata.metadata_types import Uri

from zenml_trackers.testing.trackio import TrackioHarness

FOLDER = Path(os.environ["TRACKIO_DIR"]).parent
LOG = LogMetrics(metrics={"m": 1, "n": float("inf")})


class Bench:
    """A driver with a tracker in a place of its own."""

    def __init__(self, driver, harness, name, **config):
        self.place = Place(FOLDER, name)
        self.harness = harness
        self.driver = driver.make(harness, flavor_of(harness), self.place, {**harness.config(self.place), **config})

    def __getattr__(self, name):
        return getattr(self.driver, name)

    def runs(self):
        return self.harness.read(self.place)


@pytest.fixture
def bench(project):
    return lambda driver, harness=TrackioHarness, **config: Bench(driver, harness(), project, **config)


@pytest.mark.slow
def test_an_outcome_has_what_zenml_stored_and_not_what_was_planned(bench):
    trackio = bench(pipeline)
    outcome = trackio.run(StepPlan(step="fit", pipeline="own_name", run="ignored", actions=(LOG,)))
    [run] = trackio.runs()
    assert (outcome.pipeline, outcome.raised, outcome.raised_by) == ("own_name", None, None)
    assert outcome.run_name.startswith("own_name-")
    assert run.name == f"{outcome.run_name}_fit"
    assert outcome.metadata["trackio_run_id"] == run.id
    assert isinstance(outcome.metadata["experiment_tracker_url"], Uri)
    assert run.series("n") == [(0, float("inf"))]
    assert outcome.run_name in outcome.printed or "fit" in outcome.printed


@pytest.mark.slow
def test_the_users_own_store_is_not_touched(bench, monkeypatch, tmp_path):
    monkeypatch.setenv("ZENML_CONFIG_PATH", str(tmp_path / "users"))
    monkeypatch.setenv("ZENML_STORE_URL", "sqlite:////nowhere/zenml.db")
    before = dict(os.environ), GlobalConfiguration._global_config, Client._global_client
    assert bench(pipeline).run(StepPlan()).raised is None
    assert (dict(os.environ), GlobalConfiguration._global_config, Client._global_client) == before
    assert not (tmp_path / "users").exists()


@pytest.mark.slow
def test_what_a_step_raises_is_told_as_it_was_raised(bench):
    trackio = bench(pipeline)
    outcome = trackio.run(StepPlan(actions=(LOG, Fail(kind="KeyError", message="{{a.b}}"))))
    assert (repr(outcome.raised), outcome.raised_by) == ("KeyError('{{a.b}}')", "step")
    assert isinstance(trackio.run(StepPlan(), lambda: 1 / 0).raised, ZeroDivisionError)
    assert [run.state for run in trackio.runs()] == ["failed", "failed"]


def test_settings_that_zenml_refuses_leave_no_run_and_no_culprit(bench):
    trackio = bench(pipeline)
    outcome = trackio.run(StepPlan(settings={"tags": 5}))
    assert outcome.raised is not None
    assert (outcome.raised_by, outcome.metadata, trackio.runs()) == (None, {}, [])


def test_a_tracker_that_fails_in_prepare_is_the_culprit(bench):
    outcome = bench(pipeline, ReferenceHarness, base_url="http://127.0.0.1:9", strict=True).run(StepPlan())
    assert outcome.raised_by == "prepare"


@pytest.mark.slow
def test_each_attempt_does_what_its_own_plan_says(bench):
    trackio = bench(pipeline)
    ends = [(Fail(),), (Fail(kind="OSError"),), ()]
    outcomes = trackio.run_attempts([StepPlan(actions=(LOG, *end)) for end in ends])
    runs = trackio.runs()
    assert [type(outcome.raised).__name__ for outcome in outcomes] == ["ValueError", "OSError", "NoneType"]
    assert [outcome.metadata["trackio_run_id"] for outcome in outcomes] == [run.id for run in runs]
    assert [(run.attempt, run.state) for run in runs] == [(1, "failed"), (2, "failed"), (3, "finished")]


@pytest.mark.slow
def test_a_step_is_cached_only_if_it_may_be(bench):
    reference = bench(pipeline, ReferenceHarness)
    plan = StepPlan(run=reference.place.name)
    assert [reference.run_unless_cached(plan) for _ in range(2)] == [True, False]
    reference.run(plan)
    assert len(reference.runs()) == 2


@pytest.mark.slow
def test_flavors_of_one_name_are_told_apart(bench):
    [broken] = [mutant.harness for mutant in declared if mutant.harness.flavor.endswith("MarksFailedAsFinishedFlavor")]
    plan = StepPlan(actions=(Fail(),))
    benches = [bench(pipeline, harness) for harness in (ReferenceHarness, broken, ReferenceHarness)]
    for each in benches:
        each.run(plan)
    assert [run.state for run in benches[0].runs()] == ["failed", "finished", "failed"]
    assert MarksFailedAsFinished.__name__ in broken.flavor


def test_a_secret_is_kept_where_the_pipeline_finds_it(bench):
    reference = bench(pipeline, ReferenceHarness, token="{{some-secret.key}}")
    for value in ("first", "second"):
        reference.keep_secret("some-secret", {"key": value})
    seen = []
    outcome = reference.run(StepPlan(), lambda: seen.append(os.environ["JOT_TOKEN"]))
    assert (outcome.raised, seen) == (None, ["second"])


@pytest.mark.slow
def test_a_step_in_a_process_of_its_own_tells_what_it_raised(bench):
    trackio = bench(process)
    [outcome] = trackio.run_attempts([StepPlan(actions=(LOG, Fail(kind="LookupError", message="ü")))])
    [run] = trackio.runs()
    assert (repr(outcome.raised), outcome.raised_by) == ("LookupError('ü')", "step")
    assert (run.state, run.error_type, run.series("m")) == ("failed", "LookupError", [(0, 1)])
    assert outcome.metadata["trackio_run_id"] == run.id
    assert "LookupError" in outcome.printed


@pytest.mark.slow
def test_a_killed_step_is_told_by_its_signal(bench):
    trackio = bench(process)
    outcome = trackio.run(StepPlan(actions=(LOG, Wait(seconds=1.1), Signal(name="SIGKILL"))))
    assert isinstance(outcome.raised, ChildProcessError)
    assert "SIGKILL" in str(outcome.raised)
    assert (outcome.raised_by, outcome.metadata) == ("step", {})
    assert [run.series("m") for run in trackio.runs()] == [[(0, 1)]]


def test_only_data_reaches_another_process(bench):
    with pytest.raises(NotImplementedError):
        bench(process).run(StepPlan(), lambda: None)
