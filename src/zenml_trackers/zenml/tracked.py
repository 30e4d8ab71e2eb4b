"""One step from prepare to cleanup, with its tracker at arm's length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from zenml_trackers.backend import Backend, InertSink, Sink, backend_class
from zenml_trackers.deadline import Deadline
from zenml_trackers.records import RunError, RunSpec, Status
from zenml_trackers.report import Redactor, Reporter
from zenml_trackers.run import Run
from zenml_trackers.zenml import active
from zenml_trackers.zenml.settings import RunSettings

SHARE_OF_PREPARE = 0.5
"""How much of the deadline may pass before the step starts; the rest is kept for its end."""


@dataclass
class _Connection:
    """What came of connecting, as far as it got."""

    backend: Backend | None = None
    sink: Sink | None = None
    abandoned: bool = False


class TrackedStep:
    """The run of one step, and all that has to be undone when the step is over."""

    belongs_to: tuple[int, UUID]
    """The thread and the pipeline run that the step executes in."""

    run: Run

    def __init__(self, backend_name: str, subject: str) -> None:
        self._backend_name = backend_name
        self._reporter = Reporter(subject, Redactor(), strict=False)
        self._deadline = Deadline(RunSettings().deadline)
        self._connection = _Connection()
        self._detach: Callable[[], None] = lambda: None

    def settings(self, read: Callable[[], RunSettings], fallback: RunSettings) -> RunSettings:
        """The step's settings, or `fallback` with a warning if they can't be read."""
        self._reporter.strict = fallback.strict
        try:
            settings = read()
        except Exception as error:
            self._reporter.trouble(error, "The step is tracked without its settings.", "settings")
            settings = fallback
        self._reporter.strict = settings.strict
        self._deadline = Deadline(settings.deadline)
        return settings

    def begin(self, make_backend: Callable[[], Backend], spec: RunSpec) -> None:
        """Connect, and make the run the one of this context; without a connection, one that stores nothing.

        Raises:
            TrackerError: The tracker failed, and it is strict; nothing is left behind.
        """
        try:
            self._deadline.run(lambda: self._connect(make_backend, spec), "connecting", SHARE_OF_PREPARE)
        except Exception as error:
            self._fail_to_begin(error)
        backend, sink = self._connection.backend, self._connection.sink or InertSink(spec)
        features = backend.features if backend else frozenset()
        self.run = Run(self._backend_name, sink, spec, features, self._reporter)
        active.enter(self.run)
        self._attach(sink)

    def _attach(self, sink: Sink) -> None:
        try:
            self._detach = backend_class(self._backend_name).attach(sink.native)
        except Exception as error:  # a library that can't even be imported
            self._reporter.trouble(error, "The library's own calls in this step reach no run.", "delivery")

    def whereabouts(self) -> dict[str, str]:
        """What finds the run in the backend; nothing if there is none."""
        found = {
            "run_id": self.run.id,
            "run_name": self.run.name,
            "project": self.run.project,
            "show_command": self.run.show_command or "",
        }
        return {key: value for key, value in found.items() if value} if self.run.id else {}

    def end(self, status: Status, error: RunError | None) -> None:
        """Store how the step ended and undo what `begin` did; never raises an `Exception`."""
        self._reporter.strict = False
        active.leave(self.run)
        try:
            self._detach()
            safe = error and RunError(type=error.type, message=self._reporter.redact(error.message))
            self._deadline.run(lambda: self.run.finish(status, safe), "storing the end of the run")
        except Exception as failure:
            self._reporter.trouble(failure, "The end of the run may be missing from the tracker.", "delivery")
            if self._connection.sink is not None:
                self._connection.sink.give_up()

    def _connect(self, make_backend: Callable[[], Backend], spec: RunSpec) -> None:
        connection = self._connection
        connection.backend = backend = make_backend()
        self._reporter.redact = Redactor(backend.secrets)
        sink = backend.open(spec)
        if connection.abandoned:
            sink.give_up()
            return
        connection.sink = sink
        sink.write([])

    def _fail_to_begin(self, error: Exception) -> None:
        sink = self._connection.sink
        self._connection.abandoned = sink is None
        lost = "The step goes on; what it logs may not reach the tracker."
        try:
            self._reporter.trouble(error, lost, "delivery")
        except Exception:
            if sink is not None:
                sink.give_up()
            raise
