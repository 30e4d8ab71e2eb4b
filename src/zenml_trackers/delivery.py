"""A sink at arm's length: what goes wrong with it is told once, takes a bounded time, and reaches nobody else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple, cast

from zenml_trackers.backend import Backend, InertSink, Sink
from zenml_trackers.courier import Courier
from zenml_trackers.deadline import Deadline, Progress, bounded
from zenml_trackers.errors import Losses, UnstorableValue
from zenml_trackers.interruption import let_through
from zenml_trackers.records import RunError, RunSpec, Status
from zenml_trackers.report import EndProgress, Redactor, Reporter

LONGEST_LOADING = 60.0
"""Seconds that the tracker's library may take to load, the first time in a process. No server can make that longer, so
it is not counted: on a busy machine a large library alone would take up the deadline."""
SHARE_OF_BEGINNING = 0.5
"""How much of the deadline may pass before the user's code starts; the rest is kept for its end."""


class Limits(NamedTuple):
    """What a run's tracker may cost whoever is tracked."""

    strict: bool = False
    """Whether a run that can't be made is an error."""
    deadline: float = 10.0
    """Seconds that tracking may add, beginning and end together."""


@dataclass
class _Connection:
    """What came of connecting, as far as it got."""

    backend: Backend | None = None
    sink: Sink | None = None
    abandoned: bool = False


class Delivery:
    """One run's way to one tracker."""

    def __init__(self, subject: str, limits: Limits, in_background: bool = False) -> None:
        """Nothing is connected yet.

        Args:
            subject: Whose run it is, for warnings.
            limits: How to take trouble, and for how long.
            in_background: Whether a thread delivers, whatever the backend.
        """
        self._in_background = in_background
        self.reporter = Reporter(subject, Redactor(), limits.strict)
        self._deadline = Deadline(limits.deadline)
        self._connection = _Connection()
        self.reached = False
        """Whether the run was made."""

    @property
    def backend(self) -> Backend | None:
        """What was connected to, if it could be made."""
        return self._connection.backend

    def open(self, make_backend: Callable[[], Backend], spec: RunSpec) -> Sink:
        """Make the run; without a connection, one that stores nothing.

        Raises:
            TrackerError: The tracker failed, and it is strict; nothing is left behind.
        """
        try:
            bounded(lambda: self._load(make_backend), LONGEST_LOADING, "loading the tracker's library")
            self._within(lambda: self._connect(spec), "connecting", SHARE_OF_BEGINNING)
        except Exception as error:
            let_through(error)
            self._fail_to_open(error)
        sink = self._connection.sink or InertSink(spec)
        self.reporter.rows.ask = sink.stored
        return sink

    def abandon(self, error: RunError) -> None:
        """End a run that was to begin when a signal ended its step; never raises an `Exception`."""
        connection = self._connection
        connection.abandoned = connection.sink is None
        if connection.sink is not None and self.reached:
            self.close(connection.sink.close, Status.FAILED, error)

    def close(self, end: Callable[[Status, RunError | None], None], status: Status, error: RunError | None) -> bool:
        """Call `end`, which closes the sink; whether that worked.

        Never raises an `Exception`, unless a signal's handler does.
        """
        safe = error and RunError(type=error.type, message=self.reporter.redact(error.message))
        try:
            self._within(lambda: end(status, safe), "storing the end of the run", progress=self._progress)
        except Exception as failure:
            let_through(failure)
            lost = f"{self.reporter.rows.told()} The end of the run may be missing from the tracker.".lstrip()
            self.reporter.warn(failure, lost, "delivery")
            _give_up(self._connection.sink)
            return False
        return True

    @property
    def whereabouts(self) -> str:
        """How people get to see the run, as a sentence; empty if nothing is known of that."""
        sink = self._connection.sink
        try:
            return sink.whereabouts if sink else ""
        except Exception as error:
            let_through(error)
            return ""

    @property
    def _progress(self) -> Progress | None:
        sink = self._connection.sink
        return None if sink is None else EndProgress(self.reporter, sink.others)

    def warn_of_loss(self, error: Exception) -> None:
        """Say once of each thing that did not arrive that it did not."""
        for each in error.errors if isinstance(error, Losses) else (error,):
            if isinstance(each, UnstorableValue):
                self.reporter.warn(each, "The rest is stored.", str(each))
            else:
                lost = self.reporter.rows.told() or "Some of what was logged is lost."
                self.reporter.warn(each, lost, "delivery")

    def _within(
        self,
        call: Callable[[], None],
        doing: str,
        share: float = 1.0,
        progress: Progress | None = None,
    ) -> None:
        """Make the call, within the deadline."""
        if self.backend is not None and self.backend.bounds_itself:
            call()
        else:
            self._deadline.run(call, doing, share, progress)

    def _load(self, make_backend: Callable[[], Backend]) -> None:
        self._connection.backend = backend = make_backend()
        self.reporter.redact = Redactor(backend.secrets)
        backend.load()

    def _connect(self, spec: RunSpec) -> None:
        connection = self._connection
        backend = cast(Backend, connection.backend)
        sink = backend.open(spec)
        if connection.abandoned:
            _give_up(sink)
            return
        if backend.blocking or self._in_background:
            connection.sink = courier = Courier(sink, self.warn_of_loss)
            courier.begin()
        else:
            self._begin(sink)
        self.reached = True

    def _begin(self, sink: Sink) -> None:
        """Have the sink make the run; until that is done nobody may call it."""
        try:
            sink.write([])
        finally:
            self._connection.sink = sink
            if self._connection.abandoned:
                _give_up(sink)

    def _fail_to_open(self, error: Exception) -> None:
        sink = self._connection.sink
        self._connection.abandoned = sink is None
        lost = "The step goes on; what it logs may not reach the tracker."
        try:
            self.reporter.trouble(error, lost, "delivery")
        except Exception:
            _give_up(sink)
            raise


def _give_up(sink: Sink | None) -> None:
    with suppress(Exception):
        if sink is not None:
            sink.give_up()
