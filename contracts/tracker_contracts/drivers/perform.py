"""Doing what a plan says, from within the step."""

from __future__ import annotations

import locale
import os
import signal
import tempfile
import threading
import time
from collections.abc import Mapping
from contextvars import copy_context
from pathlib import Path
from typing import Any

from tracker_contracts.harness import TrackerHarness
from tracker_contracts.programs import files, odd
from tracker_contracts.programs.plan import (
    Action,
    AddTags,
    Fail,
    FinishNatively,
    LogArtifact,
    LogMetrics,
    LogParams,
    Move,
    Signal,
    StartNatively,
    StepPlan,
    Wait,
)
from tracker_contracts.programs.raising import throw


def perform(plan: StepPlan, harness: TrackerHarness) -> None:
    """Do all that the plan says, one action after the other."""
    if plan.thread:
        _in_thread(plan, harness)
    else:
        _actions(plan, harness)


def _actions(plan: StepPlan, harness: TrackerHarness) -> None:
    for action in plan.actions:
        do(action, harness)


def _in_thread(plan: StepPlan, harness: TrackerHarness) -> None:
    """As a pool of the step's does, which has the step's context; what is raised there is raised here."""
    raised: list[BaseException] = []

    def work() -> None:
        try:
            _actions(plan, harness)
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=copy_context().run, args=(work,))
    thread.start()
    thread.join()
    for error in raised:
        raise error


def do(action: Action, harness: TrackerHarness) -> None:
    """Do one thing as a user of the tracker would."""
    match action:
        case LogMetrics(metrics=metrics, step=step):
            harness.log_metrics(_beside(odd.made(action.odd), metrics), step)
        case LogParams(params=params):
            harness.log_params(_beside(odd.made(action.odd), params))
        case AddTags(tags=tags):
            harness.add_tags(tags)
        case LogArtifact(name=name):
            with tempfile.TemporaryDirectory() as folder:
                harness.log_artifact(files.write(action, Path(folder)), name)
        case Move(what=what):
            _move(what)
        case FinishNatively():
            harness.finish_natively()
        case StartNatively():
            harness.start_natively()
        case Fail():
            throw(action)
        case Wait(seconds=seconds):
            time.sleep(seconds)
        case Signal(name=name):
            os.kill(os.getpid(), signal.Signals[name])


def _beside(odd_ones: Mapping[str, Any], good: Mapping[str, Any]) -> dict[str, Any]:
    """Half of the good ones first, so that what is odd has neighbours on both sides."""
    names = list(good)
    first = {name: good[name] for name in names[: len(names) // 2]}
    return {**first, **odd_ones, **good}


def _move(what: str) -> None:
    match what:
        case "folder":
            os.chdir(tempfile.gettempdir())
        case "home":
            os.environ["HOME"] = "/nonexistent"
        case "timezone":
            os.environ["TZ"] = "Pacific/Kiritimati"
            time.tzset()
        case "locale":
            locale.setlocale(locale.LC_ALL, "C")
            os.environ["LC_ALL"] = "C"
