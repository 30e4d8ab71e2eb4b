"""What only a real pipeline can show: a step that ZenML caches, L1."""

from __future__ import annotations

from typing import cast

from hypothesis import strategies as st

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.expect import expect
from tracker_contracts.drivers.pipeline import PipelineDriver
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.trial import trial
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
