"""F1 to F4, and F7."""

from __future__ import annotations

from contextlib import ExitStack

from tracker_contracts.drivers.expect import expect
from tracker_contracts.drivers.perform import perform
from tracker_contracts.drivers.world import Scene, World
from tracker_contracts.faults.compare import by_step, exact, run_with, series
from tracker_contracts.faults.reach import outage
from tracker_contracts.faults.trial import trial
from tracker_contracts.programs.plan import LogMetrics, StepPlan

ROWS = 20
"""How many are logged in an outage; a step that waits for a deadline at its end is worth no second one."""


@trial("F7")
def what_could_not_be_delivered_comes_later_once(world: World) -> None:
    """What was logged while the backend was away is lost, or there twice.

    Keep it on the step's disk under ids that the backend knows again, and deliver it by a documented command.
    """
    scene, harness = world.scene(), world.harness
    plan = StepPlan(actions=series("m", range(ROWS)))
    scene.run(StepPlan(run="first-run", actions=(LogMetrics(metrics={"before": 1}, step=0),)))
    with ExitStack() as stack:
        found = stack.enter_context(outage(harness, scene.place))
        if found is None:
            return
        config, cut = found
        with cut:
            Scene(world, scene.place, config).run(plan, lambda: perform(plan, harness))
        for _ in range(2):
            harness.recover(scene.place)
    run = run_with(scene, "m", 0)
    expect(by_step(run, "m"), [(step, step) for step in range(ROWS)], "something is lost, or there twice")
    expect(exact(run.state), exact("finished"), "the state is lost")
