"""L1 to L6, L8, L11 and L12; L7 is in `threads`, and what goes wrong with a backend, L9 and L10, in `trouble`."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from tracker_contracts.clauses import Driver
from tracker_contracts.expect import expect, expect_that
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.observed import ObservedRun
from tracker_contracts.plan import AddTags, Fail, FinishNatively, LogMetrics, LogParams, StepPlan
from tracker_contracts.strategies import FAILURES, NAMES, NATIVE, SETTINGS, plans
from tracker_contracts.suites.compare import (
    LOUD,
    as_planned,
    by_step,
    came_out,
    exact,
    offered,
    one_with,
    only_run,
    run_with,
    series,
)
from tracker_contracts.trial import trial
from tracker_contracts.world import Scene, World

ENDS: st.SearchStrategy[Any] = st.sampled_from(
    [(), (FinishNatively(),), (Fail(),), (Fail(kind="SystemExit", message="3"),), (FinishNatively(), Fail())]
)
TIMES = 10
"""How often a reader must be as fast as the tracker: what is late is not late each time."""
MANY = 200
"""More values than a tracker would have sent by the time that the step is over."""


@trial("L1", Driver.DIRECT, Driver.PIPELINE, sequence=st.lists(plans(), min_size=1, max_size=2))
def each_step_has_one_run(world: World, sequence: list[StepPlan]) -> None:
    """A step has no run, or several.

    Make the run in prepare, not at the first call that logs, and let nothing in the step or in cleanup make another.
    Never continue a run because its name is the same.
    """
    scene = world.scene()
    for plan in sequence:
        scene.run(plan)
    runs = scene.runs()
    expect(len(runs), len(sequence), "each step has one run")
    expect(len({run.id for run in runs}), len(runs), "each run has an id of its own")


@trial("L2", Driver.DIRECT, Driver.PIPELINE, plan=plans())
def cleanup_leaves_a_terminal_state(world: World, plan: StepPlan) -> None:
    """After cleanup the run still counts as running, or the backend can't tell.

    Store the state in cleanup, after all else was delivered; if the backend has no place for it, choose one that users
    see.
    """
    scene = world.scene()
    scene.run(plan)
    still_open = [run for run in scene.runs() if run.state not in ("finished", "failed")]
    expect(still_open, [], "a run is not in a terminal state")


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


def _log_to_nobody(harness: TrackerHarness) -> None:
    """Log where no step runs; libraries differ in what they do then."""
    with suppress(BaseException):
        harness.log_metrics({"stray": 1})
    with suppress(BaseException):
        harness.finish_natively()


@trial("L4", Driver.DIRECT, count=st.just(MANY))
def a_fresh_process_sees_all_when_cleanup_returns(world: World, count: int) -> None:
    """Something that was logged is not there yet when the next step starts, perhaps on another machine.

    Let cleanup wait until the backend has all of it; closing a connection or a file is often not enough.
    """
    scene, ends = world.scene(), {"good": (), "bad": (Fail(),)}
    for name, end in ends.items():
        logged = (LogParams(params={"depth": 3}), LogMetrics(metrics={name: 1}, step=0), *series("m", range(count), 1))
        scene.run(StepPlan(step=name, run=f"{name}-run", actions=(*logged, *end)))
    runs = scene.fresh_runs()
    for name in ends:
        run = one_with(runs, name, 1)
        promised = [(value + 1, value) for value in range(count)]
        expect(by_step(run, "m"), promised, "values are not there when cleanup returns")
        expect(exact(run.params), exact(world.harness.as_stored({"depth": 3})), "params are not there")


@trial("L4", Driver.DIRECT, times=st.just(TIMES))
def all_is_there_at_once_when_cleanup_returns(world: World, times: int) -> None:
    """Something that was logged is there only a moment after cleanup returned, or it is by chance.

    Let cleanup wait until the backend has all of it, also if another process or thread of the library does the writing.
    """
    scene = world.scene()
    for number in range(times):
        scene.run(StepPlan(run=f"run-{number}", actions=(LogMetrics(metrics={"m": number}, step=0),)))
        there = [value for run in scene.harness.read_at_once(scene.place) for _, value in run.series("m")]
        expect(sorted(there), list(range(number + 1)), "values are not there at the moment when cleanup returns")


@st.composite
def _sequences(draw: st.DrawFn) -> list[StepPlan]:
    """Good, failed, empty and tagged steps, some of them attempts of one."""
    drawn = draw(st.lists(st.tuples(plans(), SETTINGS, st.none() | st.just("again")), min_size=2, max_size=2))
    return [plan.model_copy(update={"settings": settings, "retry_of": of}) for plan, settings, of in drawn]


@trial("L5", sequence=_sequences())
def a_sequence_leaves_what_each_step_alone_would(world: World, sequence: list[StepPlan]) -> None:
    """What a step stores depends on the steps before it.

    Keep nothing of a step on the component, in module variables or in the environment when the step is over.
    """
    sequence = [offered(world, plan) for plan in sequence]
    together = world.scene()
    for plan in sequence:
        together.run(plan)
    alone = [essence for plan in sequence for essence in _alone(world.scene(), plan)]
    expect(sorted(map(_essence, together.runs())), sorted(alone), "steps in a row store something else than alone")


def _alone(scene: Scene, plan: StepPlan) -> list[str]:
    scene.run(plan)
    return [_essence(run) for run in scene.runs()]


def _essence(run: ObservedRun) -> str:
    """All that must not depend on other steps; an attempt's number does."""
    own = run.model_dump(exclude={"id", "attempt", "parent", "everything", "tags", "metrics"})
    metrics = [(metric.name, metric.step, repr(metric.value)) for metric in run.metrics]
    return exact({**own, "tags": sorted(run.tags), "metrics": metrics})


@trial("L6", native=NATIVE, end=st.none() | FAILURES)
def native_calls_do_not_disturb_the_run(world: World, native: list[Any], end: Fail | None) -> None:
    """A step that finishes or starts runs with the library's own calls, as callbacks of frameworks do, comes out wrong.

    Expect in cleanup that the run was finished or replaced: store the step's state with the run that prepare made, and
    let what the step logs meanwhile reach that run.
    """
    scene = world.scene()
    before, after = LogMetrics(metrics={"before": 1}, step=0), LogMetrics(metrics={"after": 2}, step=1)
    outcome = scene.run(StepPlan(actions=(before, *native, after, *([end] if end else []))))
    expect_that(as_planned(outcome), f"the step's result must stand, but {came_out(outcome)}")
    run = only_run(scene)
    expect(run.state, "failed" if end else "finished", "the state is not the step's")
    expect((run.series("before"), run.series("after")), ([(0, 1)], [(1, 2)]), "metrics around native calls are lost")


@trial("L8", Driver.DIRECT, Driver.PIPELINE, failures=st.lists(FAILURES, min_size=1, max_size=2))
def each_attempt_has_its_own_run(world: World, failures: list[Fail]) -> None:
    """Attempts of one step share a run, or can't be told to be attempts of that step.

    Don't find the run of a step by its name or by its step run id: until ZenML 0.80 attempts share both.
    """
    scene = world.scene()
    ends: list[list[Any]] = [*([end] for end in failures), []]
    logs = [LogMetrics(metrics={"attempt": number}, step=0) for number in range(1, len(ends) + 1)]
    scene.run_attempts([StepPlan(step="fit", actions=(log, *end)) for log, end in zip(logs, ends, strict=True)])
    runs = [run_with(scene, "attempt", number) for number in range(1, len(ends) + 1)]
    expect(len({run.id for run in scene.runs()}), len(ends), "each attempt has a run of its own")
    expect([run.state for run in runs], ["failed"] * len(failures) + ["finished"], "an attempt overwrote another")
    _expect_linked(runs)


def _expect_linked(runs: list[ObservedRun]) -> None:
    """By what the backend tells; a reader that can't see the number or the step leaves it out for all runs."""
    if any(run.attempt is not None for run in runs):
        expect([run.attempt for run in runs], list(range(1, len(runs) + 1)), "the attempts are not numbered")
    expect(len({run.step for run in runs}), 1, "attempts of one step must name one step")


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
