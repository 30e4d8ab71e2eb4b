"""What only a real pipeline can show: a step that ZenML caches, L1, and one that it fails after cleanup, F9."""

from __future__ import annotations

from typing import cast

from hypothesis import strategies as st

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.expect import expect
from tracker_contracts.drivers.pipeline import PipelineDriver
from tracker_contracts.drivers.stores import session_store
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.compare import only_run
from tracker_contracts.faults.trial import trial
from tracker_contracts.harness import HarnessBroken
from tracker_contracts.programs.plan import LogMetrics, StepPlan


@trial("L1", Driver.PIPELINE, value=st.integers(0, 1000))
def a_cached_step_has_no_run(world: World, value: int) -> None:
    """A step whose result ZenML takes from its cache has a run.

    ZenML calls no hook for such a step, so make runs in prepare alone, not for a pipeline or when one is compiled.
    """
    scene = world.scene()
    driver = cast(PipelineDriver, scene.executor)
    plan = StepPlan(run=scene.place.name, actions=(LogMetrics(metrics={"m": value}),))
    executed = [driver.run_unless_cached(plan) for _ in range(2)]
    expect(executed, [True, False], "ZenML takes the second result from its cache if the first step succeeded")
    expect(len(scene.runs()), 1, "a cached step has no run")


@trial("F9", Driver.PIPELINE, value=st.integers(0, 1000))
def a_step_whose_output_cannot_be_stored_is_failed_later(world: World, value: int) -> None:
    """A step that ZenML fails after cleanup has a run that says that all went well.

    Have the command that reconciles runs with ZenML look at finished runs too, and mark those of failed steps.
    """
    scene = world.scene()
    driver = cast(PipelineDriver, scene.executor)
    outcome = driver.run_in_vain(StepPlan(actions=(LogMetrics(metrics={"m": value}),)))
    if outcome.raised is None:
        raise HarnessBroken("ZenML stored an output that can't be stored, so that no step failed after cleanup.")
    with session_store().active():
        world.harness.reconcile(scene.place)
    run = only_run(scene)
    expect(run.state, "failed", "the step's output could not be stored, and the command was run")
    expect([stored for _, stored in run.series("m")], [value], "the command took metrics away")
