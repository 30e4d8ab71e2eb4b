"""Forms of values in which nothing that differs looks alike, and what a plan should leave behind."""

from __future__ import annotations

import ctypes
import json
import math
from collections.abc import Iterable
from typing import Any

from tracker_contracts.drivers.expect import BrokenPromise
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.drivers.world import Scene, World
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.plan import Fail, LogMetrics, StepPlan

LOUD = LogMetrics(metrics={"there": 1}, step=0)
"""Makes a step more than a silent one, where silence is not what is tried."""


def exact(value: Any) -> str:
    """A JSON-like value as text; unlike with `==`, `True`, `1` and `1.0` differ, and so do `0.0` and `-0.0`."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def bits(value: float, harness: TrackerHarness) -> str:
    """All bits of a number, as far as the backend promises to keep them; one NaN is like another."""
    kept = ctypes.c_float(value).value if harness.precision == 32 else float(value)
    if kept == 0 and not harness.signed_zero:
        kept = 0.0
    return "nan" if math.isnan(kept) else kept.hex()


def only_run(scene: Scene, beside: ObservedRun | None = None) -> ObservedRun:
    """The one run of a scene, or the one `beside` a run that is known already.

    Raises:
        BrokenPromise: There is none, or there are more.
    """
    runs = [run for run in scene.runs() if beside is None or run.id != beside.id]
    if len(runs) != 1:
        raise BrokenPromise(f"one step was executed, and {len(runs)} runs are stored")
    return runs[0]


def run_with(scene: Scene, metric: str, value: float) -> ObservedRun:
    """The one run that stores this value, which says whose run it is without a name or an id.

    Raises:
        BrokenPromise: There is none, or there are more.
    """
    return one_with(scene.runs(), metric, value)


def one_with(runs: Iterable[ObservedRun], metric: str, value: float) -> ObservedRun:
    """As `run_with`, among runs that were read already.

    Raises:
        BrokenPromise: There is none, or there are more.
    """
    found = [run for run in runs if any(stored == value for _, stored in run.series(metric))]
    if len(found) != 1:
        raise BrokenPromise(f"{metric}={value} was logged by one step, and is stored in {len(found)} runs")
    return found[0]


def offered(world: World, plan: StepPlan, **settings: Any) -> StepPlan:
    """The plan with those of the settings that the flavor has."""
    known = {name: value for name, value in {**plan.settings, **settings}.items() if name in world.settings}
    return plan.model_copy(update={"settings": known})


def series(name: str, values: Iterable[float], start: int = 0) -> tuple[LogMetrics, ...]:
    """Actions that log one value after the other, each at a step of its own."""
    return tuple(LogMetrics(metrics={name: value}, step=step) for step, value in enumerate(values, start))


def by_step(run: ObservedRun, name: str) -> list[tuple[int, float]]:
    """Step and value of one metric, sorted, where the order of storing is not what is tried."""
    return sorted(run.series(name))


def as_planned(outcome: Outcome) -> bool:
    """Whether the step came out as its own code made it: with its own exception, or with none."""
    own = next((action for action in outcome.plan.actions if isinstance(action, Fail)), None)
    if own is None:
        return outcome.raised is None
    raised = outcome.raised
    return outcome.raised_by == "step" and (type(raised).__name__, str(raised)) == (own.kind, own.message)


def came_out(outcome: Outcome) -> str:
    """What came out of a step, for the message when that is wrong."""
    return f"{outcome.raised_by} raised {outcome.raised!r}" if outcome.raised else "nothing was raised"
