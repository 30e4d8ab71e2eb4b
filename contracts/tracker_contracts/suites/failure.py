"""F1 to F4, and F7."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tracker_contracts.clauses import Driver
from tracker_contracts.expect import expect, expect_that
from tracker_contracts.perform import perform
from tracker_contracts.plan import Fail, LogMetrics, StepPlan, Wait
from tracker_contracts.strategies import FAILURES, plans
from tracker_contracts.suites.compare import LOUD, as_planned, by_step, came_out, exact, only_run, run_with, series
from tracker_contracts.trial import trial
from tracker_contracts.world import World

EXITS = ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException"]


@trial("F1", Driver.DIRECT, Driver.PIPELINE, plan=plans(fails=True, silent=False))
def a_step_that_raises_is_failed(world: World, plan: StepPlan) -> None:
    """The run of a failed step looks as if it went well, or as if it still ran.

    Use the `step_failed` that cleanup is given, and store the state where users see it.
    """
    scene = world.scene()
    scene.run(plan)
    expect(only_run(scene).state, "failed", "the step raised")


@trial("F2", Driver.DIRECT, Driver.PIPELINE, end=FAILURES)
def the_error_is_stored(world: World, end: Fail) -> None:
    """From the run nobody can tell why the step failed, or only half of it.

    While cleanup runs, `sys.exc_info()` is the step's exception: store the name of its class and its whole text.
    """
    scene, message = world.scene(), f"{end.message}\n" + "in a long tale " * 30 + end.message
    scene.run(
        StepPlan(
            actions=(
                LOUD,
                end.model_copy(update={"message": message}),
            )
        )
    )
    run = only_run(scene)
    expect((run.error_type or "").rpartition(".")[2], end.kind, "the exception's type")
    expect(run.error_message, message, "the exception's message")


@trial("F3", kind=st.sampled_from(EXITS))
def exits_are_failures(world: World, kind: str) -> None:
    """A step that was stopped looks as if it had finished.

    Not every exception is an `Exception`: go by `step_failed`, not by an `except` of your own.
    """
    scene = world.scene()
    outcome = scene.run(StepPlan(actions=(LOUD, Fail(kind=kind, message="3"))))
    run = only_run(scene)
    expect(run.state, "failed", f"the step was stopped by {kind}")
    expect_that(as_planned(outcome), f"the step's own exception must come out, but {came_out(outcome)}")


@trial("F4", plan=plans(fails=False), other=plans(fails=True, silent=False))
def a_step_that_returns_is_finished(world: World, plan: StepPlan, other: StepPlan) -> None:
    """A step that went well is stored as failed since another step failed.

    Go by the `step_failed` that this step's cleanup was given; an exception that others handle is none of this step's.
    """
    scene, marker = world.scene(), LogMetrics(metrics={"the good one": 1})
    good = plan.model_copy(update={"step": "good", "actions": (marker, *plan.actions)})
    scene.run(other.model_copy(update={"step": "before", "run": "first-run"}))
    try:
        raise LookupError("being handled while the step runs")
    except LookupError:
        scene.run(good)
    scene.run(other.model_copy(update={"step": "after", "run": "last-run"}))
    run = run_with(scene, "the good one", 1)
    expect((run.state, run.error_type, run.error_message), ("finished", None, None), "the step returned")
    failed = [each.state for each in scene.runs() if each.id != run.id]
    expect(failed, ["failed", "failed"], "the other steps raised")


@trial("F4", ends=st.permutations([(), (Fail(),)]))
def a_step_beside_a_failing_one_is_finished(world: World, ends: list[tuple[Any, ...]]) -> None:
    """A step that went well is stored as failed since another one, in another thread, failed.

    Keep what belongs to a step by its step run id, not on the component.
    """
    scene = world.scene()
    scene.run_together([_marked(number, end) for number, end in enumerate(ends)])
    states = [run_with(scene, "m", number).state for number in range(2)]
    expect(states, ["failed" if end else "finished" for end in ends], "a step took another's state")


def _marked(number: int, end: tuple[Any, ...]) -> StepPlan:
    """The one that returns is still open when the other has been cleaned up."""
    actions = (LogMetrics(metrics={"m": number}), *(end or (Wait(seconds=0.05),)))
    return StepPlan(step=f"step_{number}", run=f"run-{number}", actions=actions)


@trial("F7", count=st.integers(1, 20))
def what_could_not_be_delivered_comes_later_once(world: World, count: int) -> None:
    """What was logged while the backend was away is lost, or there twice.

    Keep it on the step's disk under ids that the backend knows again, and deliver it by a documented command.
    """
    scene, harness = world.scene(), world.harness
    plan = StepPlan(actions=series("m", range(count)))
    cut = harness.outage(scene.place)
    if cut is None:
        return
    harness_log = LogMetrics(metrics={"before": 1}, step=0)
    scene.run(StepPlan(run="first-run", actions=(harness_log,)))
    with cut:
        scene.run(plan, lambda: perform(plan, harness))
    for _ in range(2):
        harness.recover(scene.place)
    run = run_with(scene, "m", 0)
    expect(by_step(run, "m"), [(step, step) for step in range(count)], "something is lost, or there twice")
    expect(exact(run.state), exact("finished"), "the state is lost")
