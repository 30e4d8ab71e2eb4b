"""The load of the machine while a run goes on, as metrics of the run with metric steps of their own."""

from __future__ import annotations

import math
import queue
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from numbers import Real
from queue import SimpleQueue
from typing import Any

from zenml_trackers.delivery.machine import PROBES, Probe, gpu_probes
from zenml_trackers.errors import InvalidSettings, TrackerError
from zenml_trackers.interruption import let_through
from zenml_trackers.losses import Reporter
from zenml_trackers.model import system_names
from zenml_trackers.model.records import Status
from zenml_trackers.port.bounded import in_thread, process_ends
from zenml_trackers.run import Run

EVERY = 15.0
"""Seconds between two samples, unless they are set."""
FIRST = 1.0
"""Seconds before the first sample, so that a short run has one too."""
LOOK = 1.0
"""Seconds after which the thread sees that the process ends."""
WORDS = {"true": True, "false": False}
TOPIC, NONE = "log_system", "The run has no system metrics, or no more of them."
MISSING = "System metrics need psutil. Install it: `pip install 'zenml-trackers[system]'`."


def interval(wanted: Any) -> float:
    """The seconds between two samples that `log_system` says; 0 for none.

    Raises:
        InvalidSettings: It is neither a bool nor a number of seconds.
    """
    value = WORDS.get(wanted.strip().lower(), wanted) if isinstance(wanted, str) else wanted
    if value is None or isinstance(value, bool):
        return EVERY if value else 0.0
    with suppress(ValueError, OverflowError):
        seconds = float(value) if isinstance(value, (Real, str)) else math.nan
        if 0 <= seconds < math.inf:
            return seconds
    raise InvalidSettings(f"log_system is {wanted!r}; pass true, or the seconds between two samples, such as 30.")


class Sampler:
    """A thread that logs samples, and ends with the run. Without psutil there is none, and one warning says so."""

    def __init__(self, run: Run, every: float, last_step: int, reporter: Reporter) -> None:
        """Begin.

        Args:
            run: What to log to.
            every: Seconds between two samples.
            last_step: Of the samples that the run has, if it is resumed.
            reporter: Told of what can't be measured.
        """
        self._run = run
        self._every = every
        self._step = last_step
        self._reporter = reporter
        self._stop: SimpleQueue[None] = SimpleQueue()
        try:  # here, since a process that is forked while a thread imports can't import the same
            self._psutil, self._nvml = import_module("psutil"), _nvml()
            in_thread(self._work, "system metrics")
        except ImportError:
            reporter.warn(TrackerError(MISSING), NONE, TOPIC)
        except Exception as error:
            let_through(error)
            reporter.warn(error, NONE, TOPIC)

    def stop(self) -> None:
        """Log nothing more; nobody waits for the thread."""
        self._stop.put(None)

    def _work(self) -> None:
        try:
            measured = dict(self._probes())
            pause = min(FIRST, self._every)
            while self._goes_on(pause):
                self._step += 1
                self._run.log_aside(self._sample(measured), self._step)
                pause = self._every
        except Exception as error:
            self._reporter.warn(error, NONE, TOPIC)

    def _probes(self) -> Iterator[tuple[str, Probe]]:
        for name, make in PROBES.items():
            try:
                yield name, make(self._psutil)
            except Exception as error:
                self._tell(name, error)
        yield from gpu_probes(self._nvml)

    def _goes_on(self, seconds: float) -> bool:
        """Wait for so long; whether the run goes on then."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and not process_ends():
            with suppress(queue.Empty):
                self._stop.get(timeout=min(left, LOOK))
                return False
        return not process_ends() and self._run.status is Status.RUNNING

    def _sample(self, measured: Mapping[str, Probe]) -> dict[str, float]:
        values: dict[str, float] = {}
        for name, probe in measured.items():
            try:
                values.update(probe())
            except Exception as error:
                self._tell(name, error)
        return {f"{system_names.BEGIN}{name}": value for name, value in values.items()}

    def _tell(self, name: str, error: Exception) -> None:
        self._reporter.warn(error, f"Some or all samples lack the {name}.", f"{TOPIC} {name}")


def _nvml() -> Any:
    try:
        return import_module("pynvml")
    except Exception as error:
        let_through(error)
        return None
