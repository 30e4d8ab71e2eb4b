"""One run from its beginning to its end, as that of the context in which it is used."""

from __future__ import annotations

from collections.abc import Callable

from zenml_trackers import active
from zenml_trackers.backend import Backend, Sink
from zenml_trackers.delivery import Delivery, Limits
from zenml_trackers.errors import TrackerError
from zenml_trackers.records import RunError, RunSpec, Status
from zenml_trackers.report import Reporter
from zenml_trackers.run import Run

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
        self._detach: Callable[[], None] = lambda: None

    @property
    def reporter(self) -> Reporter:
        """Tells of trouble with this run."""
        return self._delivery.reporter

    def begin(self, make_backend: Callable[[], Backend], spec: RunSpec) -> None:
        """Connect, and make the run the one of this context; without a connection, one that stores nothing.

        Raises:
            TrackerError: The tracker failed, and it is strict; nothing is left behind.
        """
        sink = self._delivery.open(make_backend, spec)
        backend = self._delivery.backend
        features = backend.features if backend else frozenset()
        self.run = Run(self._backend_name, sink, spec, features, self.reporter)
        active.enter(self.run, spec.step_run_id)
        try:
            self._detach = self._attach(sink)
        except Exception as error:  # a library that can't even be imported
            self._go_on_without_attaching(error)

    def _go_on_without_attaching(self, error: Exception) -> None:
        try:
            self.reporter.trouble(error, "The library's own calls reach no run.", "delivery")
        except TrackerError as strict:
            self.end(Status.FAILED, RunError.of(strict))
            raise

    def end(self, status: Status, error: RunError | None) -> None:
        """Store how the run ended and undo what `begin` did; never raises an `Exception`."""
        active.leave(self.run)
        try:
            self._detach()
        except Exception as failure:
            self.reporter.warn(failure, "The library's own calls may still reach the run.", "delivery")
        self._delivery.close(self.run.finish, status, error)
