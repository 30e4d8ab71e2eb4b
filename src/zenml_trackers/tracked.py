"""One run from its beginning to its end, as that of the context in which it is used."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from zenml_trackers import active
from zenml_trackers.backend import Backend, Sink
from zenml_trackers.delivery import Delivery, Limits
from zenml_trackers.interruption import let_through
from zenml_trackers.records import Feature, RunError, RunSpec, Status
from zenml_trackers.report import Reporter
from zenml_trackers.run import Run

logger = logging.getLogger("zenml_trackers")

Attach = Callable[[Sink], Callable[[], None]]


class TrackedRun:
    """A run, and all that has to be undone when it is over."""

    run: Run

    def __init__(self, backend: str, attach: Attach, subject: str, limits: Limits) -> None:
        """Nothing is connected yet.

        Args:
            backend: The name that the run gives its backend.
            attach: Lets the library's own calls in this context reach a sink's run, and returns what ends that.
            subject: Whose run it is, for warnings.
            limits: How to take trouble, and for how long.
        """
        self._backend_name = backend
        self._attach = attach
        self._delivery = Delivery(subject, limits)
        self._detach = _nothing
        self._process = os.getpid()
        self._begun = False

    @property
    def reporter(self) -> Reporter:
        """Tells of trouble with this run."""
        return self._delivery.reporter

    def begin(self, make_backend: Callable[[], Backend], spec: RunSpec) -> None:
        """Connect, and make the run the one of this context; without a connection, one that stores nothing.

        Raises:
            TrackerError: The tracker failed, and it is strict; nothing is left behind.
        """
        try:
            self._begin(make_backend, spec)
        except BaseException as error:  # what a signal's handler raised too: nobody else will end the run then
            if self._begun:
                self.end(Status.FAILED, RunError.of(error))
            else:
                self._delivery.abandon(RunError.of(error))
            raise

    def end(self, status: Status, error: RunError | None) -> None:
        """Store how the run ended and undo what `begin` did, once, and not in a process that was forked from its own.

        Never raises an `Exception`, unless a signal's handler does.
        """
        if not self._begun or os.getpid() != self._process:
            return
        active.leave(self.run)
        detach, self._detach = self._detach, _nothing  # a stop may call this again
        try:
            detach()
        except Exception as failure:
            let_through(failure)
            self.reporter.warn(failure, "The library's own calls may still reach the run.", "delivery")
        stored = self._delivery.close(self.run.finish, status, error)
        self._begun = False
        self._tell_end(status, stored)

    def _begin(self, make_backend: Callable[[], Backend], spec: RunSpec) -> None:
        sink = self._delivery.open(make_backend, spec)
        backend = self._delivery.backend
        features = backend.features if backend else frozenset(Feature)  # asking for one is no mistake then
        self.run = Run(self._backend_name, sink, spec, features, self.reporter)
        self._begun = True
        active.enter(self.run, spec.step_run_id)
        try:
            self._detach = self._attach(sink)
        except Exception as error:  # a library that can't even be imported
            let_through(error)
            self.reporter.trouble(error, "The library's own calls reach no run.", "delivery")

    def _tell_end(self, status: Status, stored: bool) -> None:
        """Where the run is, and what of it is lost; as a warning if nothing warned of that before."""
        rows = self.reporter.rows.told()
        level = logging.WARNING if rows and not self.reporter.troubled else logging.INFO
        doubt = "" if stored and self.run.id else ", but that may not be stored"
        told = [f"The run {self.run.name!r} {status.value}{doubt}.", rows, self._delivery.whereabouts]
        logger.log(level, "%s", self.reporter.redact(" ".join(filter(None, told)).replace(" \n", "\n")))


def _nothing() -> None:
    """Undo nothing."""
