"""F7."""

from __future__ import annotations

from contextlib import ExitStack

from tracker_contracts.drivers.expect import expect, note
from tracker_contracts.drivers.perform import perform
from tracker_contracts.drivers.world import Scene, World
from tracker_contracts.faults import full_disk
from tracker_contracts.faults.compare import by_step, exact, run_with, series
from tracker_contracts.faults.reach import outage
from tracker_contracts.faults.trial import trial
from tracker_contracts.harness import Place
from tracker_contracts.programs.plan import LogMetrics, StepPlan

ROWS = 20
"""How many are logged in an outage; a step that waits for a deadline at its end is worth no second one."""
SEVERAL_PAGES = 120
"""Rows of which one is torn on a full disk: what is left of a file's last page still takes some."""


@trial("F7")
def what_could_not_be_delivered_comes_later_once(world: World) -> None:
    """What was logged while the backend was away, or its disk full, is lost, or there twice.

    Keep it on another disk under ids that the backend knows again, take back what was written of a record that found no
    room, and deliver it by a documented command.
    """
    scene, harness = world.scene(), world.harness
    rows = series("m", range(ROWS))
    scene.run(StepPlan(run="first-run", actions=(LogMetrics(metrics={"before": 1}, step=0),)))
    with ExitStack() as stack:
        found = stack.enter_context(outage(harness, scene.place))
        if found is not None:
            config, cut = found
            with cut:
                plan = StepPlan(actions=rows)
                Scene(world, scene.place, config).run(plan, lambda: perform(plan, harness))
            _expect_all_later(scene, ROWS)
    if harness.folder(Place(world.folder, "any")) is not None and full_disk.can_be_mounted():
        _expect_all_after_a_full_disk(world)


def _expect_all_after_a_full_disk(world: World) -> None:
    scene, harness = world.scene(), world.harness
    folder = harness.folder(scene.place) or scene.place.folder
    early, late = series("m", range(ROWS)), series("m", range(ROWS, SEVERAL_PAGES), ROWS)
    with full_disk.mounted(folder) as mounted:
        if not mounted:
            return
        note(f"the disk is full from row {ROWS} on")
        with ExitStack() as full:

            def body() -> None:
                perform(StepPlan(actions=early), harness)
                full.enter_context(full_disk.full(folder))
                perform(StepPlan(actions=late), harness)

            scene.run(StepPlan(actions=early + late), body)
        _expect_all_later(scene, SEVERAL_PAGES)


def _expect_all_later(scene: Scene, rows: int) -> None:
    for _ in range(2):
        scene.harness.recover(scene.place)
    run = run_with(scene, "m", 0)
    expect(by_step(run, "m"), [(step, step) for step in range(rows)], "something is lost, or there twice")
    expect(exact(run.state), exact("finished"), "the state is lost")
