"""The same promises in real ZenML pipelines, with ZenML's own store, orchestrator and settings.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

import sys
import threading
from pathlib import Path

import pytest
import trackio
from zenml import pipeline, step
from zenml.client import Client
from zenml.config.retry_config import StepRetryConfig

from tests.support import reader
from tests.support.pipelines import run, stack_with
from zenml_trackers import get_run, get_trackio_run
from zenml_trackers.zenml import compat
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerSettings


@step(experiment_tracker="tracker", enable_cache=False)
def good() -> int:
    get_run().log({"loss": 0.5})
    trackio.log({"loss": 0.25})
    return 1


@step(experiment_tracker="tracker", enable_cache=False)
def bad() -> None:
    get_trackio_run().log({"loss": 9})
    raise ValueError("boom")


@step(experiment_tracker="tracker", enable_cache=False)
def exits() -> None:
    sys.exit(3)


@step(experiment_tracker="tracker", enable_cache=False)
def silent() -> None:
    pass


@step(enable_cache=False)
def untracked() -> None:
    pass


@step(experiment_tracker="tracker", enable_cache=True)
def cached() -> int:
    get_run().log({"m": 1})
    return 1


tries: list[int] = []


@step(experiment_tracker="tracker", enable_cache=False, retry=StepRetryConfig(max_retries=2, delay=0))
def flaky() -> None:
    tries.append(1)
    if len(tries) < 2:
        raise ValueError("first")


together = threading.Barrier(3)


@step(experiment_tracker="tracker", enable_cache=False)
def beside(number: int) -> None:
    for index in range(20):
        together.wait(60)
        trackio.log({"m": number * 100 + index})


def overlapping():
    for future in [beside.submit(number=number) for number in range(3)]:
        future.result()


def _by_step(project):
    return {observed.config["zenml.step"]: observed for observed in reader.local(project)}


def test_a_pipeline_leaves_one_run_for_each_tracked_step(zenml_store, project):
    stack_with(project=project)

    @pipeline
    def several():
        good()
        silent()
        untracked()

    finished = run(several)
    runs = _by_step(project)
    assert set(runs) == {"good", "silent"}
    assert runs["good"].series("loss") == [(0, 0.5), (1, 0.25)]
    assert set(runs["silent"].tags) == {"several", finished.name, "silent"}
    for name, observed in runs.items():
        found = finished.steps[name].run_metadata
        assert found["trackio_run_id"] == observed.id
        assert observed.id in found["experiment_tracker_url"]
        assert observed.name == f"{finished.name}_{name}"
        assert observed.config["zenml.step_run_id"] == str(finished.steps[name].id)


@pytest.mark.parametrize(("failing", "error"), [(bad, ("ValueError", "boom")), (exits, ("SystemExit", "3"))])
def test_a_step_that_fails_is_failed_in_both(zenml_store, project, failing, error):
    stack_with(project=project)

    @pipeline
    def doomed():
        failing()

    finished = run(doomed)
    [observed] = reader.local(project)
    assert (observed.status, observed.error) == ("failed", error)
    assert finished.steps[failing.name].run_metadata["trackio_run_id"] == observed.id
    if failing is bad:
        assert str(finished.steps["bad"].status) == "failed"


def test_without_a_project_runs_go_to_one_named_after_the_pipeline(zenml_store, project):
    stack_with()

    @pipeline(name=f"{project}_pipe")
    def named():
        silent()

    run(named)
    assert [observed.status for observed in reader.local(f"{project}_pipe")] == ["finished"]


@pytest.mark.slow
def test_a_cached_step_has_no_run(zenml_store, project):
    stack_with(project=project)

    @pipeline(enable_cache=True)
    def twice():
        cached()

    run(twice)
    run(twice)
    assert len(reader.local(project)) == 1


def test_each_retry_of_a_step_is_a_run(zenml_store, project):
    stack_with(project=project)
    tries.clear()

    @pipeline
    def retried():
        flaky()

    run(retried)
    seen = [(o.config["zenml.attempt"], o.status, o.error) for o in reader.local(project)]
    assert seen == [(1, "failed", ("ValueError", "first")), (2, "finished", None)]


SETTINGS = {"run_name": "chosen", "tags": ["a", "ü"], "metadata": {"nested": {"x": [1, None]}}}


def _as_object(settings):
    return TrackioExperimentTrackerSettings(**settings)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["experiment_tracker", "experiment_tracker.trackio"])
@pytest.mark.parametrize(
    ("place", "form"),
    [
        ("step", dict),
        ("step", _as_object),
        ("pipeline", dict),
        ("pipeline", _as_object),
        ("yaml of the step", dict),
        ("yaml of the pipeline", dict),
    ],
)
def test_settings_reach_the_run_however_they_are_given(zenml_store, project, tmp_path, key, place, form):
    stack_with(project=project)
    settings = {key: form(SETTINGS)}
    chosen = silent.with_options(settings=settings) if place == "step" else silent

    @pipeline(settings=settings if place == "pipeline" else None)
    def configured():
        chosen(id="silent")

    file = _yaml(tmp_path, settings, place) if place.startswith("yaml") else None
    run(configured.with_options(config_path=str(file)) if file else configured)
    [observed] = reader.local(project)
    assert (observed.name, observed.metadata) == ("chosen", {"nested": {"x": [1, None]}})
    assert {"a", "ü", "configured", "silent"} <= set(observed.tags)


def _yaml(folder: Path, settings, place: str) -> Path:
    import yaml

    content = {"settings": settings} if place.endswith("pipeline") else {"steps": {"silent": {"settings": settings}}}
    (folder / "config.yaml").write_text(yaml.safe_dump(content, allow_unicode=True))
    return folder / "config.yaml"


def test_a_components_own_settings_hold_for_all_its_steps(zenml_store, project):
    stack_with(project=project, tags=["team"], metadata={"site": 1})

    @pipeline
    def configured():
        silent.with_options(settings={"experiment_tracker": {"metadata": {"site": 2}}})()

    run(configured)
    [observed] = reader.local(project)
    assert ("team" in observed.tags, observed.metadata) == (True, {"site": 2})


@pytest.mark.slow
@pytest.mark.skipif(not compat.owns_trackio_flavor(), reason="before 0.91.2 no step runs beside another in one process")
def test_steps_that_overlap_in_one_process_do_not_mix(zenml_store, project):
    stack_with(project=project)
    run(pipeline(dynamic=True)(overlapping))
    series = sorted([value for _, value in observed.series("m")] for observed in reader.local(project))
    assert series == [[number * 100 + index for index in range(20)] for number in range(3)]


@pytest.mark.slow
def test_swapping_the_stack_does_not_touch_the_step(zenml_store, project):
    stack_with("one", project=f"{project}-one")
    stack_with("two", project=f"{project}-two")
    for name in ("one", "two"):
        Client().activate_stack(f"stack-{name}")
        tracker = Client().active_stack.experiment_tracker.name

        @pipeline
        def same(tracker: str = tracker):
            good.with_options(experiment_tracker=tracker)()

        run(same)
    assert [len(reader.local(f"{project}-{name}")) for name in ("one", "two")] == [1, 1]
