"""L13: processes that a step starts and that log, as the workers of a data loader do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from hypothesis import strategies as st

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.expect import expect, expect_that
from tracker_contracts.drivers.watch import Watch
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.trial import trial
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.programs.plan import StepPlan
from tracker_contracts.registry import spec_of

PATIENCE = {"fork": 8.0, "spawn": 60.0}
"""Seconds after which a child that logs one value is taken for one that hangs; a spawned one imports all anew."""
ROW = {"inner": 7}


@dataclass
class Child:
    """How a child process fared."""

    hung: bool
    said: str
    """Its warnings, and what was raised in it."""


@trial("L13", Driver.DIRECT, how=st.sampled_from(["fork", "spawn"]))
def a_child_process_loses_nothing_in_silence(world: World, how: str) -> None:
    """What a forked or spawned process of the step logs is lost without a word, or the process hangs in the call.

    Take what a child logs to the run of its step, with a mark and a slash before the name if you like. Threads and
    locks don't outlive a fork, so look whether the process is another one (`os.register_at_fork`). If that can't be,
    refuse the call by a warning or an error.
    """
    scene, harness, children = world.scene(), world.harness, list[Child]()

    def body() -> None:
        harness.log_metrics({"before": 1}, 0)
        children.append({"fork": _forked, "spawn": _spawned}[how](harness, scene.place.folder))
        harness.log_metrics({"after": 2}, 1)

    scene.run(StepPlan(), body)
    expect_that(not children[0].hung, f"a process made by {how} hung in its call for {PATIENCE[how]:.0f} s")
    stored = [metric.value for run in scene.runs() for metric in run.metrics if _is_inner(metric.name)]
    lost = f"what a process made by {how} logged is lost, and nothing was said; stored: {stored}"
    expect_that(stored == [7] or (not stored and bool(children[0].said)), lost)
    own = [(name, run.series(name)) for run in scene.runs() for name in ("before", "after") if run.series(name)]
    expect(own, [("before", [(0, 1)]), ("after", [(1, 2)])], "the step's own metrics suffer from its child")


def _is_inner(name: str) -> bool:
    """Whether a metric is the child's: it may be marked as such, as in `rank-1/inner`."""
    return name.rpartition("/")[2] == next(iter(ROW))


def _forked(harness: TrackerHarness, folder: Path) -> Child:
    told = folder / f"child-{os.getpid()}"
    child = os.fork()
    if child == 0:
        _log_and_leave(harness, told)
    ended = _within(PATIENCE["fork"], lambda: os.waitpid(child, os.WNOHANG) != (0, 0))
    if not ended:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return Child(not ended, told.read_text() if told.exists() else "")


def _log_and_leave(harness: TrackerHarness, told: Path) -> None:
    """In the forked process, which ends as the children of `multiprocessing` do: without the exit of an interpreter."""
    try:
        with Watch() as watch:
            harness.log_metrics(ROW)
        said = "\n".join(watch.warnings)
    except BaseException:
        said = traceback.format_exc()
    try:
        told.write_text(said)
    finally:
        os._exit(0)


def _spawned(harness: TrackerHarness, folder: Path) -> Child:
    command = [sys.executable, "-m", __name__, spec_of(type(harness))]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE["spawn"], check=False)
    except subprocess.TimeoutExpired:
        return Child(True, "")
    return Child(False, done.stderr if done.returncode else done.stdout)


def _within(seconds: float, happened: Callable[[], bool]) -> bool:
    until = monotonic() + seconds
    while not happened():
        if monotonic() > until:
            return False
        sleep(0.02)
    return True


def main() -> None:
    """In the spawned process: log, and print the warnings."""
    from tracker_contracts.harness import load

    harness = load(sys.argv[1])()
    with Watch() as watch:
        harness.log_metrics(ROW)
    sys.stdout.write("\n".join(watch.warnings))


if __name__ == "__main__":
    main()
