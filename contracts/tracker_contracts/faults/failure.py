"""F1 to F4, and F7."""

from __future__ import annotations

from hypothesis import strategies as st

from tracker_contracts.drivers.expect import expect
from tracker_contracts.drivers.perform import perform
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.compare import by_step, exact, run_with, series
from tracker_contracts.faults.trial import trial
from tracker_contracts.programs.plan import LogMetrics, StepPlan


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
