"""A process of a cell: `python -m tests.faults.cell TRACKER FAULT FOLDER work|next BASE`.

With `work` it runs the step that the fault meets, with `next` the step that comes after it. Each call of the tracker
that returned is a line of `rows.txt`, and each warning one of `warnings.txt`.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tracker_contracts.drivers.stores import leave_out_what_no_trial_needs
from zenml import pipeline, step
from zenml.client import Client

from tests.faults import place
from tests.faults.fault import all_faults
from tests.faults.scene import ACTED
from tests.faults.tracker import TRACKERS, Tracker
from tests.support import pipelines
from zenml_trackers import get_run

PAUSE = 0.02
"""Seconds from a row to the next."""
WAITS = 60.0
"""Seconds that the step waits in its middle at most."""


class Warnings(logging.Handler):
    """Writes each to a file at once, since the process may be killed."""

    def __init__(self, file: Path) -> None:
        super().__init__(logging.WARNING)
        self._file = file

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("zenml.") and not record.name.startswith("zenml.integrations"):
            return  # of ZenML itself
        with self._file.open("a") as file:
            file.write(json.dumps(f"{record.name}: {record.getMessage()}") + "\n")


@step(enable_cache=False)
def make(fault: str) -> Any:
    given = all_faults()[fault].given
    return given() if given is not None else None


@step(experiment_tracker="tracker", enable_cache=False)
def work(tracker: str, fault: str, folder: str, given: Any = None) -> Any:
    met, rows, moment = all_faults()[fault], int(os.environ[place.ROWS]), int(os.environ[place.MOMENT])
    log = logs(TRACKERS[tracker])
    with Path(folder, "rows.txt").open("a", buffering=1) as logged:
        for number in range(rows):
            if number == moment:
                _wait_for(Path(folder, ACTED))
                met.inside()
            log(number)
            logged.write(f"{number} {time.time()}\n")
            time.sleep(PAUSE)
    return met.output()


@step(experiment_tracker="tracker", enable_cache=False)
def another(tracker: str) -> None:
    logs(TRACKERS[tracker])(0)


@pipeline(enable_cache=False)
def faults(tracker: str, fault: str, folder: str) -> None:
    if all_faults()[fault].given is None:
        work(tracker, fault, folder)
    else:
        work(tracker, fault, folder, make(fault))


@pipeline(enable_cache=False)
def afterwards(tracker: str) -> None:
    another(tracker)


def logs(tracker: Tracker) -> Callable[[int], object]:
    """How a row is logged: by our `Run`, or as the library itself would be used."""
    if tracker.ours:
        run = get_run()
        return lambda number: run.log({"m": number})
    library: Any = __import__(tracker.library)
    if tracker.library == "mlflow":
        return lambda number: library.log_metric("m", number, step=number)
    return lambda number: library.log({"m": number})


def _wait_for(file: Path) -> None:
    until = time.monotonic() + WAITS
    while not file.exists() and time.monotonic() < until:
        time.sleep(PAUSE)


def main(name: str, fault: str, folder: Path, part: str, base: str) -> None:
    leave_out_what_no_trial_needs()
    tracker = TRACKERS[name]
    if part == "work":
        _work(tracker, fault, folder, base)
    else:
        _next(tracker, all_faults()[fault].reconciled and tracker.ours, folder)


def _work(tracker: Tracker, fault: str, folder: Path, base: str) -> None:
    config = tracker.config(base, os.environ[place.ADDRESS])
    if tracker.flavor == "unified":
        pipelines.unified_stack_with(**config)
    elif tracker.ours:
        pipelines.stack_with(**config)
    else:
        pipelines.stack_of_flavor("tracker", tracker.flavor, config)
    logging.captureWarnings(True)
    logging.getLogger().addHandler(Warnings(folder / "warnings.txt"))
    (folder / "began.txt").write_text(str(time.time()))
    with suppress(Exception):
        faults(tracker.name, fault, str(folder))


def _next(tracker: Tracker, reconcile: bool, folder: Path) -> None:
    with suppress(Exception):
        afterwards(tracker.name)
    if reconcile:
        from zenml_trackers.cli import main as command

        command(["reconcile"], standalone_mode=False)
    found = [run for run in Client().list_pipeline_runs().items if run.name.startswith("faults-")]
    status = found[0].steps["work"].status.value if found and "work" in found[0].steps else "none"
    (folder / "status.txt").write_text(status)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), sys.argv[4], sys.argv[5])
