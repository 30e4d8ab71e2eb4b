"""L1 to L6, L8, L11 and L12; L7 is in `threads`, and what goes wrong with a backend, L9 and L10, in `trouble`."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from tracker_contracts.drivers.expect import expect, expect_that
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.compare import (
    LOUD,
    as_planned,
    came_out,
    exact,
    only_run,
    run_with,
)
from tracker_contracts.faults.strategies import NAMES
from tracker_contracts.faults.trial import trial
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.plan import AddTags, Fail, FinishNatively, LogMetrics, LogParams, StepPlan

ENDS: st.SearchStrategy[Any] = st.sampled_from(
    [(), (FinishNatively(),), (Fail(),), (Fail(kind="SystemExit", message="3"),), (FinishNatively(), Fail())]
)

SHARED = 3
"""Steps that may open what later ones share."""
COUNTED = 6
"""Steps after which there is something more for each, if each leaves something."""
SETTLES = 3.0
"""Seconds."""


@trial("L3", end=ENDS)
def cleanup_leaves_the_process_as_it_was(world: World, end: tuple[Any, ...]) -> None:
    """A step changed the process for what comes after it, or its run is still the current one.

    Undo in cleanup all that prepare did, whether the step succeeded or not, and also if the step undid some of it.
    """
    scene = world.scene()
    outcome = scene.run(StepPlan(actions=(LogMetrics(metrics={"mine": 1}), *end)))
    expect(outcome.changes, [], "cleanup must leave these as prepare found them")
    _log_to_nobody(world.harness)
    expect(run_with(scene, "mine", 1).series("stray"), [], "the run is still the current one after cleanup")


@trial("L3")
def no_step_leaves_files_or_threads_open(world: World) -> None:
    """Each step leaves an open file, a connection or a thread behind, until the process has too many.

    Close in cleanup what prepare and the step opened. What all steps of a process share may stay.
    """
    scene = world.scene()
    for _ in range(SHARED):
        scene.run(StepPlan(actions=(LOUD,)))
    files, threads = _open_files(), threading.active_count()
    for _ in range(COUNTED):
        scene.run(StepPlan(actions=(LOUD,)))
    more = _settled(lambda: max(_open_files() - files, threading.active_count() - threads))
    told = f"after {COUNTED} more steps there are {more} more open files or threads"
    expect_that(more < COUNTED, told)


def _open_files() -> int:
    gc.collect()
    return len(os.listdir("/dev/fd"))


def _settled(grown: Callable[[], int]) -> int:
    """What is left when threads that are ending have had the time to."""
    end = time.monotonic() + SETTLES
    while (left := grown()) >= COUNTED and time.monotonic() < end:
        time.sleep(0.1)
    return left


def _log_to_nobody(harness: TrackerHarness) -> None:
    """Log where no step runs; libraries differ in what they do then."""
    with suppress(BaseException):
        harness.log_metrics({"stray": 1})
    with suppress(BaseException):
        harness.finish_natively()


@trial("L11", first=st.integers(1, 4), second=st.integers(1, 3))
def a_resumed_run_goes_on(world: World, first: int, second: int) -> None:
    """A run that was to be continued starts again, loses what it had, or is another run.

    Read the run's last step and its params and tags before anything is written, and join them with the new ones.
    """
    run = _resumed(world, _part("one", range(first)), _part("two", range(second)))
    steps = [step for step, _ in run.series("m")]
    expect(steps, list(range(steps[0], steps[0] + first + second)), "the steps must go on where they stopped")
    expect([value for _, value in run.series("m")], [*range(first), *range(second)], "metrics are lost")
    expect(exact(run.params), exact(world.harness.as_stored({"one": 1, "two": 1})), "params are lost")


def _part(name: str, values: Iterable[int]) -> StepPlan:
    logs = tuple(LogMetrics(metrics={"m": value}) for value in values)
    return StepPlan(run=f"{name}-run", actions=(LogParams(params={name: 1}), *logs))


def _resumed(world: World, *parts: StepPlan) -> ObservedRun:
    """The one run of two steps, of which the second resumes the first."""
    scene, (one, two) = world.scene(), parts
    scene.run(one)
    settings = world.harness.resuming(only_run(scene))
    outcome = scene.run(two.model_copy(update={"settings": settings}))
    expect_that(as_planned(outcome), f"the step that resumes must succeed, but {came_out(outcome)}")
    return only_run(scene)


@trial("L11", tags=st.lists(NAMES, min_size=2, max_size=2, unique=True))
def a_resumed_run_keeps_its_tags(world: World, tags: list[str]) -> None:
    """A run that was to be continued loses the tags that it had, or takes no new ones.

    Read the run's tags before anything is written, and join them with the new ones.
    """
    parts = [StepPlan(run=f"{tag}-run", actions=(LOUD, AddTags(tags=[tag]))) for tag in tags]
    run = _resumed(world, *parts)
    expect(set(tags) - set(run.tags), set(), "tags are lost")


@trial("L12", value=st.integers(0, 1000))
def a_child_is_readable_as_one(world: World, value: int) -> None:
    """A child run is not there, has no parent, or takes metrics from its parent.

    Store the parent's id with the child, and make the parent the current run again when the child ends.
    """
    harness, scene = world.harness, world.scene()

    def body() -> None:
        harness.log_metrics({"before": value}, 0)
        harness.log_child("child", {"inner": value})
        harness.log_metrics({"after": value}, 1)

    scene.run(StepPlan(), body)
    expect(len(scene.runs()), 2, "a step with one child has two runs")
    child, parent = run_with(scene, "inner", value), run_with(scene, "before", value)
    expect(child.parent, parent.id, "the child must name its parent")
    expect(parent.parent, None, "the step's run is nobody's child")
    expect((parent.series("after"), parent.series("inner")), ([(1, value)], []), "parent and child mix their metrics")
