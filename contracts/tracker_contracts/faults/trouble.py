"""L9 and L10: what goes wrong with a backend must cost the step neither its result nor much time."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from hypothesis import strategies as st

from tracker_contracts.drivers.expect import BrokenPromise, expect, expect_that
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.drivers.perform import perform
from tracker_contracts.drivers.world import Scene, World
from tracker_contracts.faults.compare import as_planned, came_out
from tracker_contracts.faults.front import Front, Manner, moved
from tracker_contracts.faults.reach import outage, unreachable
from tracker_contracts.faults.trial import trial
from tracker_contracts.harness import CLOSED_SERVER
from tracker_contracts.programs.plan import AddTags, Fail, LogMetrics, LogParams, StepPlan

BUSY = (LogMetrics(metrics={"m": 1}), LogParams(params={"p": 1}), AddTags(tags=["t"]))
GOOD = StepPlan(step="fit_forest", actions=BUSY)
BAD = StepPlan(step="fit_forest", actions=(*BUSY, Fail(kind="LookupError", message="the step's own")))
DEADLINE = 10.0
"""Seconds, for flavors whose users can't set it."""
SHORT = 0.5
"""Seconds, for those whose users can: nobody should have to wait for the contract."""
BODY = 20.0
"""Seconds that a step may spend on its own three calls, beside its hooks, before nobody waits any longer."""
NOTHING: Mapping[str, Any] = {}
TOO_VAGUE = (BaseException, Exception, RuntimeError)


@trial("L9", plan=st.sampled_from([GOOD, BAD]))
def an_unreachable_backend_does_not_fail_the_step(world: World, plan: StepPlan) -> None:
    """A step fails, or its own error is hidden, because its tracker can't be reached; or nobody is told.

    Catch everything in all three hooks, and in the calls that log. Warn once, naming the step or the run whose data are
    lost.
    """
    scene = _unreachable(world)
    if scene is None:
        return
    outcome = scene.run(plan)
    expect_that(as_planned(outcome), f"the step's result must stand, but {came_out(outcome)}")
    _expect_one_warning(outcome)


def _expect_one_warning(outcome: Outcome) -> None:
    plan, said = outcome.plan, outcome.warnings
    naming = [text for text in said if plan.step in text or plan.run in text]
    expect_that(bool(naming), f"no warning names the step or the run that is lost; the warnings were {said}")
    expect(len(naming), len(set(naming)), f"the same is said twice: {naming}")


@trial("L9", plan=st.just(BAD))
def an_outage_during_the_step_does_not_fail_it(world: World, plan: StepPlan) -> None:
    """A step fails, or its own error is hidden, because its tracker stops to answer while the step runs.

    Catch everything in the calls that log and in cleanup, and say there what may be missing.
    """
    place = world.scene().place
    with ExitStack() as stack:
        found = stack.enter_context(outage(world.harness, place))
        if found is None:
            return
        config, cut = found
        scene = Scene(world, place, {**config, **_short(world)})

        def body() -> None:
            stack.enter_context(cut)
            perform(plan, world.harness)

        outcome = scene.run(plan, body)
    expect_that(as_planned(outcome), f"the step's result must stand, but {came_out(outcome)}")
    if not _all_there(scene):
        _expect_one_warning(outcome)


def _all_there(scene: Scene) -> bool:
    """Whether the outage cost nothing; then there is nothing to warn of."""
    runs = scene.runs()
    return len(runs) == 1 and runs[0].state == "failed" and bool(runs[0].series("m")) and "t" in runs[0].tags


@trial("L9", field=st.just("strict"))
def a_strict_tracker_fails_in_prepare_by_name(world: World, field: str) -> None:
    """A tracker that is told to be strict lets the step start without a run, or raises an error without a name.

    Raise in prepare, so that no work is lost, an error whose class says what is wrong.
    """
    scene = _unreachable(world, {field: True}) if field in _config_fields(world) else None
    if scene is None:
        outcome = world.scene().run(GOOD)
        expect(outcome.raised_by in ("prepare", "cleanup"), False, "a tracker within reach fails no step")
        return
    outcome = scene.run(GOOD)
    expect(outcome.raised_by, "prepare", "a strict tracker fails before the step starts")
    expect_that(type(outcome.raised) not in TOO_VAGUE, f"{outcome.raised!r} has no name of its own")
    expect_that(bool(str(outcome.raised)), "the error does not say what is wrong")


@trial("L10", plan=st.sampled_from([GOOD, BAD]))
def a_closed_port_costs_no_more_than_the_deadline(world: World, plan: StepPlan) -> None:
    """An unreachable backend holds the step up for longer than was promised.

    Give prepare, metadata and cleanup one budget of time together, and stop waiting when it is spent; a library's own
    retries know nothing of it.
    """
    _expect_in_time(world, _unreachable(world), plan)


@trial("L10", manner=st.sampled_from(Manner).filter(lambda manner: manner is not Manner.GOOD))
def a_bad_server_costs_no_more_than_the_deadline(world: World, manner: Manner) -> None:
    """A backend that answers nothing, a byte at a time, or errors alone holds the step up for longer than was promised.

    Set a timeout for the whole answer, not only for connecting, that fits into the deadline.
    """
    with Front(manner=manner) as server:
        _expect_in_time(world, _unreachable(world, server=server.url), GOOD)


def _expect_in_time(world: World, scene: Scene | None, plan: StepPlan) -> None:
    if scene is None:
        return
    allowed = _short(world).get("deadline", DEADLINE) + 1
    try:
        outcome = scene.run_within(allowed + BODY, plan)
    except BrokenPromise as hung:
        raise BrokenPromise(f"{hung}, and its hooks together are allowed {allowed:.1f} s") from None
    told = f"the hooks took {outcome.seconds:.1f} s, where {allowed:.1f} s are allowed"
    expect_that(outcome.seconds <= allowed, told)


def _unreachable(world: World, config: Mapping[str, Any] = NOTHING, server: str = CLOSED_SERVER) -> Scene | None:
    """A place that can't be reached; None if there is no such thing with this tracker."""
    place = world.scene().place
    missing = unreachable(world.harness, place)
    if missing is None:
        return None
    return Scene(world, place, {**moved(missing, CLOSED_SERVER, server), **_short(world), **config})


def _short(world: World) -> dict[str, Any]:
    return {"deadline": SHORT} if "deadline" in _config_fields(world) else {}


def _config_fields(world: World) -> frozenset[str]:
    return frozenset(world.flavor.config_class.model_fields)
