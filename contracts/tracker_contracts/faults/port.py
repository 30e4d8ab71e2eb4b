"""R1 to R3: what a tracker that can also be read, checked and copied promises."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tracker_contracts.drivers.expect import expect, expect_that, not_compared
from tracker_contracts.drivers.world import Scene, World
from tracker_contracts.faults.compare import exact, offered
from tracker_contracts.faults.reach import unreachable
from tracker_contracts.faults.trial import trial
from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.plan import Action, AddTags, Fail, LogMetrics, LogParams, StepPlan

NAMELESS = (Exception, AssertionError, AttributeError, KeyError, NotImplementedError, TypeError)
"""What is raised by a mistake, and says nothing of a configuration."""
LEFT_OUT = frozenset({"everything", "parent"})
"""What the tracker's own reading need not have."""
NAMED = ("params", "metadata", "artifacts", "artifact_labels", "images", "captions", "tables")
"""What has names of its own, by which a loss is told."""


@trial("R1", depth=st.integers(0, 9))
def the_trackers_own_reading_is_what_is_stored(world: World, depth: int) -> None:
    """What the tracker shows of its runs is not what it stored.

    Compare what your reading gives back with the store, field by field: a status, an error, a type may be lost there.
    """
    scene = _with_runs(world, depth)
    seen = {run.id: run for run in scene.runs()}
    told = {run.id: run for run in world.harness.told(scene.place)}
    expect(sorted(told), sorted(seen), "the ids of the runs are others")
    for id, run in seen.items():
        expect(_facts(told[id], run), _facts(run, run), f"of the run {run.name!r} the tracker tells something else")


@trial("R1")
def the_trackers_own_list_has_each_project(world: World) -> None:
    """The tracker lists its projects, and leaves one out that has runs.

    Make the list from what is stored, whatever characters a name has.
    """
    scene = world.scene()
    scene.run(StepPlan(actions=(LogMetrics(metrics={"m": 1}),)))
    expect(len(scene.runs()), 1, "one step was executed")
    listed = world.harness.lists(scene.place)
    expect_that(listed is not False, f"the project {scene.place.name!r} is not listed")
    if listed is None:
        not_compared("no list of projects was compared: the harness's `lists` returns None")


@trial("R2")
def a_check_succeeds_where_runs_can_be_stored(world: World) -> None:
    """The tracker's check fails although runs can be stored, or it leaves something behind.

    Try what a run would do: reach the server, and see that the folder can be written to; then take it away again.
    """
    scene, harness = world.scene(), world.harness
    before = _files(harness.folder(scene.place))
    error = _error_of_check(world, harness.config(scene.place))
    expect(error and repr(error), None, "the check fails where runs can be stored")
    expect(_files(harness.folder(scene.place)), before, "the check leaves something behind")
    expect(scene.runs(), [], "the check leaves a run behind")


@trial("R2")
def a_check_fails_where_no_run_can_be_stored(world: World) -> None:
    """The tracker's check says that all is well where nothing can be stored, or does not say what is wrong.

    Try what a run would do, and raise an error of your own that names the server or the folder, and the way out.
    """
    config = unreachable(world.harness, world.scene().place)
    if config is None:
        return
    error = _error_of_check(world, config)
    expect_that(error is not None, "the check succeeds where nothing can be stored")
    expect_that(type(error) not in NAMELESS and bool(str(error)), f"the check fails with {error!r}, which says nothing")


@trial("R3", depth=st.integers(0, 9))
def a_copy_and_back_is_equal(world: World, depth: int) -> None:
    """A copy of a run lacks something, and nobody is told.

    Copy each field, or list what the other tracker can't hold: a line for each, with the names of the run and of the
    param, the metric or the field.
    """
    scene = _with_runs(world, depth)
    to = Place(scene.place.folder, f"{scene.place.name}-copy")
    lost = world.harness.copy(scene.place, to)
    runs = {run.name: run for run in scene.runs()}
    copies = {run.name: run for run in world.harness.read(to)}
    expect(sorted(copies), sorted(runs), "the copy has other runs")
    for name, run in runs.items():
        copied, original = _items(copies[name], run), _items(run, run)
        differing = [item for item in original | copied if copied.get(item) != original.get(item)]
        silent = [item for item in differing if not any(name in line and item in line for line in lost)]
        expect(
            {item: copied.get(item) for item in silent},
            {item: original.get(item) for item in silent},
            f"the copy of {name!r} differs, and that is not listed",
        )


def _with_runs(world: World, depth: int) -> Scene:
    scene = world.scene()
    for plan in _plans(depth):
        scene.run(offered(world, plan))
    with tempfile.TemporaryDirectory() as made:
        scene.run(offered(world, StepPlan(step="keeps", run="keeping-run")), lambda: _keep(world.harness, Path(made)))
    return scene


def _keep(harness: TrackerHarness, made: Path) -> None:
    """What is no number, as far as the tracker takes it."""
    (made / "inner").mkdir()
    (made / "inner" / "weights").write_bytes(b"\0\r\n")
    if "artifacts" in harness.features:
        harness.log_artifact(made, "model")
        if harness.labels_artifacts:
            harness.log_labelled_artifact(made / "inner" / "weights", "best", "weights", ["latest", "a, b"])
    if "media" in harness.features:
        import numpy

        pixels = numpy.arange(24, dtype=numpy.uint8).reshape(2, 4, 3)
        harness.log_image("sample", pixels)
        if harness.captions_images:
            harness.log_captioned_image("captioned", pixels, "what is seen, and “how”")
        harness.log_table("cells", ["n", "text"], [[1, "1"], [None, "é"]])


def _plans(depth: int) -> Iterator[StepPlan]:
    """A good step with something of each kind, one that fails, and one that logs nothing."""
    settings = {"tags": ["nightly", "a, b"], "metadata": {"split": "test", "sizes": [1, 2]}}
    params = LogParams(params={"depth": depth, "layers": {"sizes": [64, 32], "rate": 0.1, "bias": True, "init": None}})
    rows: tuple[Action, ...] = (
        LogMetrics(metrics={"loss": 0.5, "epoch": 1}),
        LogMetrics(metrics={"loss": 0.25}, step=7),
    )
    good = (params, *rows, AddTags(tags=["late"]))
    yield StepPlan(run="good-run", settings=settings, actions=good)
    yield StepPlan(step="fails", run="bad-run", actions=(*rows, Fail(message="no\nway")))
    yield StepPlan(step="silent", run="silent-run")


def _facts(run: ObservedRun, seen: ObservedRun) -> dict[str, Any]:
    """What is comparable of a run: of what the reader `seen` knows, each in a form in which types differ."""
    known = {name for name in type(seen).model_fields if name not in LEFT_OUT and getattr(seen, name) is not None}
    facts = {name: getattr(run, name) for name in known - {"id", "metrics", "tags", "params", "metadata"}}
    names = sorted({metric.name for metric in run.metrics})
    metrics = {name: [(step, repr(value)) for step, value in run.series(name)] for name in names}
    exactly = {name: exact(getattr(run, name)) for name in ("params", "metadata", "tables")}
    return {**facts, **exactly, "tags": sorted(run.tags), "metrics": metrics}


def _items(run: ObservedRun, seen: ObservedRun) -> dict[str, str]:
    """As `_facts`, but each param, metadata value and metric by its own name, as one who tells of a loss names it."""
    facts = _facts(run, seen)
    named = [(name.partition("/")[0], value) for each in NAMED for name, value in getattr(run, each).items()]
    items = {name: " ".join(repr(value) for other, value in named if other == name) for name, _ in named}
    metrics = {name: repr(values) for name, values in facts.pop("metrics").items()}
    return {**{name: repr(value) for name, value in facts.items() if name not in NAMED}, **items, **metrics}


def _error_of_check(world: World, config: dict[str, Any]) -> Exception | None:
    try:
        world.harness.check(config)
    except Exception as error:
        return error
    return None


def _files(folder: Path | None) -> list[str]:
    """All that is in the folder of a tracker that has one, and beside it."""
    return sorted(str(path) for path in folder.parent.rglob("*")) if folder is not None else []
