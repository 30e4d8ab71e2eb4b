"""What a step in a process of its own leaves behind: L4, M1, F1, F5, F6 and F8."""

from __future__ import annotations

from hypothesis import strategies as st

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.expect import expect
from tracker_contracts.drivers.stores import session_store
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.compare import by_step, exact, one_with, only_run, series
from tracker_contracts.faults.strategies import METRIC_NAMES, NAMES, plans
from tracker_contracts.faults.trial import trial
from tracker_contracts.programs.plan import LogMetrics, LogParams, Signal, StepPlan, Wait

COUNTS = st.integers(50, 200)
"""More values than a tracker would have sent by the time that the process is gone."""
DELAY = 1.1
"""Seconds; what was logged before them must outlive the process."""
KILL = Signal(name="SIGKILL")


@trial("L4", Driver.PROCESS, count=COUNTS)
def another_process_sees_all_that_the_step_logged(world: World, count: int) -> None:
    """Something that was logged is lost with the step's process.

    Let cleanup wait until the backend has all of it; threads and buffers don't outlive the process.
    """
    scene = world.scene()
    scene.run(StepPlan(actions=(LogParams(params={"depth": 3}), *series("m", range(count)))))
    run = one_with(scene.fresh_runs(), "m", 0)
    expect(by_step(run, "m"), [(step, step) for step in range(count)], "values are lost with the process")
    expect(exact(run.params), exact(world.harness.as_stored({"depth": 3})), "params are lost with the process")


@trial("M1", Driver.PROCESS, metadata=st.dictionaries(METRIC_NAMES, NAMES, min_size=1, max_size=3))
def metadata_outlives_a_step_that_is_killed_at_once(world: World, metadata: dict[str, str]) -> None:
    """A step that is killed in its first line leaves no run, or one without the metadata of its settings.

    Deliver the run with its metadata in prepare, and wait until the backend has them: nobody is left to do it later.
    """
    scene = world.scene()
    scene.run(StepPlan(settings={"metadata": metadata}, actions=(KILL,)))
    expect(exact(only_run(scene).metadata), exact(world.harness.as_stored(metadata)), "metadata died with the step")


@trial("F1", Driver.PROCESS, plan=plans(fails=True, silent=False))
def a_step_that_raises_in_its_own_process_is_failed(world: World, plan: StepPlan) -> None:
    """The run of a step that fails on another machine looks as if it went well, or as if it still ran.

    Store the failure in cleanup and wait until the backend has it; the process ends right after.
    """
    scene = world.scene()
    scene.run(plan)
    expect(only_run(scene).state, "failed", "the step raised in a process of its own")


@trial("F5", Driver.PROCESS, count=COUNTS)
def a_step_that_is_terminated_is_failed(world: World, count: int) -> None:
    """A step that its orchestrator stops leaves a run that seems to go on, or one without the last values.

    ZenML turns SIGTERM into an exception from 0.85 on, so that cleanup is called. Before, only a signal handler of the
    tracker's own helps.
    """
    scene = world.scene()
    scene.run(StepPlan(actions=(*series("m", range(count)), Signal(name="SIGTERM"))))
    run = only_run(scene)
    expect(by_step(run, "m"), [(step, step) for step in range(count)], "values are lost by SIGTERM")
    expect(run.state, "failed", "the step was terminated")


@trial("F6", Driver.PROCESS, count=COUNTS)
def what_was_logged_outlives_a_kill(world: World, count: int) -> None:
    """What was logged is lost if the step's process is killed later.

    Have each call write it to the disk before it returns, and deliver it by the documented command. Without such a
    command hand it to the backend at least once a second; what only lives in the memory of the process dies with it.
    """
    recovers = "recovery" in world.harness.features
    scene = world.scene()
    logged = (LogParams(params={"depth": 3}), *series("m", range(count)))
    scene.run(StepPlan(actions=(*logged, KILL) if recovers else (*logged, Wait(seconds=DELAY), KILL)))
    if recovers:
        world.harness.recover(scene.place)
    run = only_run(scene)
    when = "right before" if recovers else f"{DELAY} s before"
    expect(by_step(run, "m"), [(step, step) for step in range(count)], f"values are lost that were logged {when}")
    expect(exact(run.params), exact(world.harness.as_stored({"depth": 3})), "params are lost")


@trial("F8", Driver.PROCESS, value=st.integers(0, 1000))
def a_killed_step_is_marked_failed_later(world: World, value: int) -> None:
    """The run of a step that was killed seems to go on for ever.

    Offer a command that asks ZenML what became of the steps whose runs are open, and marks those as failed.
    """
    scene = world.scene()
    scene.run(StepPlan(actions=(LogMetrics(metrics={"m": value}), Wait(seconds=DELAY), KILL)))
    with session_store().active():
        world.harness.reconcile(scene.place)
    run = only_run(scene)
    expect(run.state, "failed", "the step was killed, and the command was run")
    expect([stored for _, stored in run.series("m")], [value], "the command took metrics away")
