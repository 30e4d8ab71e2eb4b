"""M1 to M9."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tracker_contracts.clauses import Driver
from tracker_contracts.expect import expect, expect_that
from tracker_contracts.observed import ObservedRun
from tracker_contracts.outcome import Outcome
from tracker_contracts.perform import do
from tracker_contracts.plan import Fail, LogMetrics, LogParams, StepPlan
from tracker_contracts.strategies import (
    BYTES,
    EVERY_KIND,
    EXTREMES,
    FLOATS,
    INTEGERS,
    METADATA,
    METRIC_NAMES,
    NAMES,
    NON_FINITE,
    PARAMS,
    STEPS,
    TEXT,
    pixels,
    tables,
)
from tracker_contracts.suites.compare import (
    LOUD,
    as_planned,
    bits,
    came_out,
    exact,
    offered,
    only_run,
    run_with,
    series,
)
from tracker_contracts.trial import trial
from tracker_contracts.world import World

LOUDER = LogMetrics(metrics={"there": 2}, step=1)
SIMILAR = ["loss", "Loss", "val/loss", "val.loss", "val_loss", "val-loss", "loss2"]
"""Names of metrics as users choose them."""


@trial("M1", Driver.DIRECT, metadata=METADATA)
def metadata_is_there_before_the_first_line(world: World, metadata: dict[str, Any]) -> None:
    """While the step runs, a reader does not see the metadata of its settings; if it dies, they are lost.

    Deliver the run with its metadata in prepare, and wait until the backend has them.
    """
    scene, seen = world.scene(), list[ObservedRun]()
    scene.run(StepPlan(settings={"metadata": metadata}), body=lambda: seen.extend(scene.runs()))
    expect(len(seen), 1, "the run is there when the step's first line runs")
    expect(exact(seen[0].metadata), exact(world.harness.as_stored(metadata)), "metadata comes too late")


@trial("M2", params=PARAMS, metadata=METADATA, fails=st.booleans())
def params_and_metadata_round_trip(world: World, params: dict[str, Any], metadata: dict[str, Any], fails: bool) -> None:
    """Params or metadata are read back in another form, with other types, or not at all.

    Store them as JSON, or in a flattened form that the documentation tells and the harness's `as_stored` repeats.
    Store params whenever they come, before the first metric and after it.
    """
    scene, metadata = world.scene(), {**EVERY_KIND, **metadata}
    late = {"late": 1, **{name: value for name, value in params.items() if name not in EVERY_KIND}}
    actions = (LogParams(params=EVERY_KIND), LOUD, LogParams(params=late), LOUDER, *([Fail()] if fails else []))
    scene.run(offered(world, StepPlan(actions=actions), metadata=metadata))
    run = only_run(scene)
    expect(exact(run.params), exact(world.harness.as_stored({**EVERY_KIND, **late})), "params are changed")
    if "metadata" in world.settings:
        expect(exact(run.metadata), exact(world.harness.as_stored(metadata)), "metadata is changed")


@trial("M3", name=METRIC_NAMES, values=st.lists(FLOATS | INTEGERS | st.booleans(), max_size=6))
def values_are_kept_bit_for_bit(world: World, name: str, values: list[float]) -> None:
    """A metric is rounded, cut, moved to another step, stored in another order, or missing.

    Pass the number on as it is, in binary or by `repr`; a harness whose backend keeps 32 bits says so by `precision`,
    and one whose backend keeps no sign of zero by `signed_zero`.
    """
    scene, harness = world.scene(), world.harness
    values = [*values, *EXTREMES]
    scene.run(StepPlan(actions=series(name, values)))
    stored = [(step, bits(value, harness)) for step, value in only_run(scene).series(name)]
    expect(stored, [(step, bits(value, harness)) for step, value in enumerate(values)], "a value is changed")


@trial("M3", steps=st.lists(st.integers(0, 3), min_size=2, max_size=6))
def values_keep_their_step_and_their_order(world: World, steps: list[int]) -> None:
    """Values of one step take each other's place, or values are sorted by step.

    Store each value that is logged, in the order of the calls, whatever was stored at its step before.
    """
    scene = world.scene()
    scene.run(StepPlan(actions=tuple(LogMetrics(metrics={"m": i}, step=step) for i, step in enumerate(steps))))
    promised = [(step, value) for value, step in enumerate(steps)]
    expect(only_run(scene).series("m"), promised, "a value is missing, or not where it was logged")


@trial("M3", value=INTEGERS)
def names_are_kept(world: World, value: int) -> None:
    """A metric is stored under another name, or two names became one.

    Keep names as they are; slashes and dots are common in them, and case tells them apart.
    """
    scene = world.scene()
    scene.run(StepPlan(actions=(LogMetrics(metrics=dict.fromkeys(SIMILAR, value), step=0),)))
    stored = sorted((metric.name, metric.value) for metric in only_run(scene).metrics)
    expect(stored, sorted((name, value) for name in SIMILAR), "a name is changed")


@trial("M3", value=NON_FINITE)
def non_finite_values_are_stored_or_refused_by_name(world: World, value: float) -> None:
    """NaN or an infinity is neither stored nor refused, or takes other values with it.

    Store it, or warn with the metric's name and store the rest; the harness's `non_finite` names what is stored.
    """
    scene, name, harness = world.scene(), "diverging_loss", world.harness
    outcome = scene.run(StepPlan(actions=(LogMetrics(metrics={name: value, "good": 1}, step=0),)))
    run = only_run(scene)
    expect(run.series("good"), [(0, 1)], "the rest of the payload is lost")
    declared = repr(value) in harness.non_finite
    stored = [bits(found, harness) for _, found in run.series(name)]
    expect(stored, [bits(value, harness)] if declared else [], "not what the harness declares")
    if not declared:
        expect_that(any(name in text for text in outcome.warnings), "no warning names the metric that is refused")


@trial("M4", steps=STEPS)
def steps_count_up_unless_given(world: World, steps: list[int | None]) -> None:
    """A value is stored at another step than it was logged at.

    Keep a given step; without one, take the next after the last.
    """
    scene = world.scene()
    scene.run(StepPlan(actions=tuple(LogMetrics(metrics={f"m{i}": i}, step=step) for i, step in enumerate(steps))))
    stored = only_run(scene)
    found = [step for index, _ in enumerate(steps) for step, _ in stored.series(f"m{index}")]
    expect(len(found), len(steps), "a value is missing or there twice")
    for index, step in enumerate(steps):
        expect_that(found[index] in _allowed(step, found[:index]), f"logged at {steps}, stored at {found}")


def _allowed(step: int | None, before: list[int]) -> set[int]:
    """After steps out of order, "the last" is the latest or the highest; the first step may be 0 or 1."""
    if step is not None:
        return {step}
    return {before[-1] + 1, max(before) + 1} if before else {0, 1}


@trial("M5", good=FLOATS)
def the_rest_of_a_metrics_payload_is_stored(world: World, good: float) -> None:
    """One value that is no number takes others with it, fails the step, or disappears in silence.

    Check each value by itself, store what can be stored, and warn once with the key of what can't.
    """
    scene, harness = world.scene(), world.harness
    outcome = scene.run(StepPlan(), lambda: harness.log_metrics({"a": good, "odd_key": object(), "z": good}, 0))
    run = _expect_one_warning(outcome, only_run(scene), stored=False)
    for name in ("a", "z"):
        stored = [(step, bits(value, harness)) for step, value in run.series(name)]
        expect(stored, [(0, bits(good, harness))], "the rest of the payload is lost")


@trial("M5", good=TEXT)
def the_rest_of_a_params_payload_is_stored(world: World, good: str) -> None:
    """One param that can't be stored takes others with it, fails the step, or disappears in silence.

    Check each value by itself, store what can be stored, and warn once with the key of what can't.
    """
    scene, harness = world.scene(), world.harness

    def body() -> None:
        harness.log_params({"a": good, "odd_key": object(), "z": good})
        do(LOUD, harness)

    outcome = scene.run(StepPlan(), body)
    run = only_run(scene)
    _expect_one_warning(outcome, run, stored="odd_key" in run.params)
    rest = {name: value for name, value in run.params.items() if name != "odd_key"}
    expect(exact(rest), exact(harness.as_stored({"a": good, "z": good})), "the rest of the payload is lost")


def _expect_one_warning(outcome: Outcome, run: ObservedRun, stored: bool) -> ObservedRun:
    """A backend that takes any object, as its text, has nothing to warn of."""
    expect_that(as_planned(outcome), f"the step's result must stand, but {came_out(outcome)}")
    naming = [text for text in outcome.warnings if "odd_key" in text]
    expect(len(naming), 0 if stored else 1, f"one warning names what can't be stored; it was {outcome.warnings}")
    return run


@trial("M6", name=TEXT, step=NAMES)
def run_name_overrides_the_default(world: World, name: str, step: str) -> None:
    """A run has another name than the settings say, or runs of one name became one run.

    Tell runs apart by id and never by name.
    """
    scene = world.scene()
    scene.run(StepPlan(step=step, run="nightly-7", actions=(LogMetrics(metrics={"m": 0}),)))
    for value in (1, 2):
        log = LogMetrics(metrics={"m": value})
        scene.run(StepPlan(step=step, run=f"nightly-{7 + value}", settings={"run_name": name}, actions=(log,)))
    default, *named = [run_with(scene, "m", value) for value in (0, 1, 2)]
    expect(default.name, f"nightly-7_{step}", "the default name is the pipeline run's and the step's")
    expect([run.name for run in named], [name, name], "the name is not that of the settings")
    expect(len({run.id for run in scene.runs()}), 3, "runs of one name stay two runs")


@trial("M7", Driver.DIRECT, Driver.PIPELINE, values=st.lists(INTEGERS, min_size=1, max_size=2, unique=True))
def step_metadata_finds_the_run(world: World, values: list[int]) -> None:
    """From ZenML's step, the run in the backend can't be found.

    Return the run's id and name from `get_step_run_metadata`, for each step its own.
    """
    scene = world.scene()
    outcomes = [
        scene.run(StepPlan(run=f"run-{number}", actions=(LogMetrics(metrics={"m": value}, step=0),)))
        for number, value in enumerate(values)
    ]
    for value, outcome in zip(values, outcomes, strict=True):
        run, told = run_with(scene, "m", value), {str(each) for each in outcome.metadata.values()}
        expect({run.id, run.name} - told, set(), f"not in the step's metadata, which is {outcome.metadata}")


@trial("M8", name=NAMES, content=BYTES, inside=st.dictionaries(st.sampled_from(["b", "c/d", "c/e"]), BYTES, min_size=1))
def artifacts_read_back_byte_for_byte(world: World, name: str, content: bytes, inside: dict[str, bytes]) -> None:
    """A file or folder that was logged is missing, changed, or under another name.

    Upload in binary, keep paths inside a folder, and wait in cleanup until all is there.
    """
    scene, folder, content = world.scene(), f"{name}_folder", content + b"\r\n\x00\xff\n"
    with tempfile.TemporaryDirectory() as made:
        file, tree = _written(Path(made), content, inside)

        def body() -> None:
            world.harness.log_artifact(file, name)
            world.harness.log_artifact(tree, folder)

        scene.run(StepPlan(), body)
    stored = only_run(scene).artifacts
    expect(stored.get(name), content, "the file is changed or missing")
    found = {path.partition("/")[2]: data for path, data in stored.items() if path.startswith(f"{folder}/")}
    expect(found, inside, "the folder's files are changed or missing")


def _written(made: Path, content: bytes, inside: dict[str, bytes]) -> tuple[Path, Path]:
    file, folder = made / "file.bin", made / "folder"
    file.write_bytes(content)
    for name, data in inside.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return file, folder


@trial("M9", image=pixels(), name=NAMES)
def images_keep_their_pixels(world: World, image: tuple[int, int, bytes], name: str) -> None:
    """An image is missing, or has other pixels.

    Store it without loss, as PNG does; mind the order of rows and of channels.
    """
    import numpy

    height, width, data = image
    array = numpy.frombuffer(data, numpy.uint8).reshape(height, width, 3)
    scene = world.scene()
    scene.run(StepPlan(), lambda: world.harness.log_image(name, array))
    expect(only_run(scene).images.get(name), data, "the pixels are changed")


@trial("M9", table=tables(), name=NAMES)
def tables_keep_their_cells(world: World, table: list[list[Any]], name: str) -> None:
    """A table is missing, or has other columns, rows or cells.

    Store each cell with its type, and the columns and rows in their order.
    """
    scene, (columns, *rows) = world.scene(), table
    scene.run(StepPlan(), lambda: world.harness.log_table(name, columns, rows))
    expect(exact(only_run(scene).tables.get(name)), exact(table), "the cells are changed")
