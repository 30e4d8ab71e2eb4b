"""Doing what a plan says, from within the step."""

from __future__ import annotations

import builtins
import os
import signal
import time

from tracker_contracts.harness import TrackerHarness
from tracker_contracts.plan import (
    Action,
    AddTags,
    Fail,
    FinishNatively,
    LogMetrics,
    LogParams,
    Signal,
    StartNatively,
    StepPlan,
    Wait,
)


def perform(plan: StepPlan, harness: TrackerHarness) -> None:
    """Do all that the plan says, one action after the other."""
    for action in plan.actions:
        do(action, harness)


def do(action: Action, harness: TrackerHarness) -> None:
    """Do one thing as a user of the tracker would."""
    match action:
        case LogMetrics(metrics=metrics, step=step):
            harness.log_metrics(metrics, step)
        case LogParams(params=params):
            harness.log_params(params)
        case AddTags(tags=tags):
            harness.add_tags(tags)
        case FinishNatively():
            harness.finish_natively()
        case StartNatively():
            harness.start_natively()
        case Fail(kind=kind, message=message):
            raise getattr(builtins, kind)(message)
        case Wait(seconds=seconds):
            time.sleep(seconds)
        case Signal(name=name):
            os.kill(os.getpid(), signal.Signals[name])
