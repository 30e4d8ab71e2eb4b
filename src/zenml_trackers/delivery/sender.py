"""A thread that brings what is in a journal to one tracker, in its order, for as long as it takes."""

from __future__ import annotations

import errno
import queue
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import takewhile
from queue import SimpleQueue
from typing import Any

from zenml_trackers.backend import Backend, Sink, backend_class
from zenml_trackers.bounded import in_thread
from zenml_trackers.delivery import budgets
from zenml_trackers.delivery.already import Already
from zenml_trackers.delivery.journal import Cursor, Journal
from zenml_trackers.delivery.receiver import Receiver
from zenml_trackers.errors import Losses, RunNotFound, TokenRefused, TrackerError, UnstorableValue, UnsupportedFeature
from zenml_trackers.interruption import let_through
from zenml_trackers.records import NEEDS, End, Feature, Logged, Metrics, RunSpec, StoredRun
from zenml_trackers.report import Redactor, Reporter

LASTING = frozenset({errno.EINVAL, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG})
"""What a file system says of a name, whenever it is asked."""


def may_pass(error: BaseException) -> bool:
    """Whether it may be over in a moment, so that it is worth trying again."""
    return isinstance(error, OSError) and not isinstance(error, TokenRefused) and error.errno not in LASTING


class Sender:
    """Delivers one run to one tracker.

    Everything that a backend does happens in this one thread: it may block, hang, raise whatever it likes, and need not
    know threads.
    """

    def __init__(self, receiver: Receiver, journal: Journal, number: int, reporter: Reporter) -> None:
        """Nothing is begun.

        Args:
            receiver: Where to.
            journal: Where from.
            number: Which of the journal's senders this is.
            reporter: Told of what is lost.
        """
        self.name = receiver.name
        self.reporter = reporter
        self.backend: Backend | None = None
        """Once its library is loaded."""
        self.sink: Sink | None = None
        """Once the backend gave one."""
        self.reached = False
        """Whether the run is there."""
        self.tried = False
        """Whether it was tried to make the run."""
        self.error: Exception | None = None
        """Why the run is not made, or not whole, as yet."""
        self.done = False
        """Whether the run is stored, its end too."""
        self.stopped = False
        """Whether it does nothing any more."""
        self.last_step = -1
        """The highest metric step that the run had before."""
        self.rows = 0
        """The rows of metrics that the sink took."""
        self.records = 0
        """The records that it took."""
        self.failures = 0
        """How often the tracker could not be reached."""
        self._receiver = receiver
        self._journal = journal
        self._number = number
        self._cursor = Cursor(journal)
        self._already: Already | None = None
        self._points = 0
        self._waiting: list[Logged] = []
        self._over = False
        self._end: End | None = None
        self._failures_before_end = 0
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._changed: SimpleQueue[None] = SimpleQueue()
        self._flushed = time.monotonic()

    def start(self, changed: SimpleQueue[None], on_end: Callable[[], None]) -> None:
        """Begin.

        Args:
            changed: Is put something whenever whoever waits should look again.
            on_end: Called when it does nothing any more.
        """
        self._changed = changed
        in_thread(lambda: self._work(on_end), f"delivery to {self.name}")

    def finish(self, end: End) -> None:
        """Deliver the rest now, and the end after that, even if it is not in the journal."""
        self._end, self._failures_before_end = end, self.failures
        self.hurry()

    def hurry(self) -> None:
        """Look into the journal now."""
        self._wake.put(None)

    @property
    def is_hopeless(self) -> bool:
        """Whether the tracker was never reached, and not when the run was over either."""
        return not self.reached and self.failures > self._failures_before_end

    def give_up(self) -> None:
        """Stop, as soon as the tracker lets it: nobody waits any more."""
        self._over = True
        self._wake.put(None)
        with suppress(Exception):
            if self.sink is not None and not self.stopped:
                self.sink.give_up()

    @property
    def features(self) -> frozenset[Feature]:
        """What its tracker has; all of a tracker that can't be used, since asking for one is no mistake then."""
        return self.backend.features if self.backend is not None else frozenset(Feature)

    def attach(self, native: Any) -> Callable[[], None]:
        """Have the library's own calls in this context reach `native`, until the result is called."""
        return (self.backend or backend_class(self._receiver.kind)).attach(native)

    def has(self, records: int) -> bool:
        """Whether so many records are delivered, or it never will be."""
        return self.records >= records or self.stopped

    @property
    def own_progress(self) -> object:
        """What changes as long as it gets on."""
        return self.records, self._asked(lambda sink: sink.stored())

    @property
    def others_progress(self) -> object:
        """What changes as long as those get on that it may have to wait for."""
        return self._asked(lambda sink: sink.others())

    def _asked(self, ask: Callable[[Sink], object]) -> object:
        try:
            return ask(self.sink) if self.sink is not None else None
        except Exception as error:
            let_through(error)
            return None

    def _work(self, on_end: Callable[[], None]) -> None:
        try:
            self._repeat(self._load)
            self._repeat(self._open)
            self._deliver()
        except BaseException as error:  # such as a panic of a library in Rust
            self.error = _as_error(error)
        finally:
            self.stopped = self.tried = True
            on_end()
            self._changed.put(None)

    def _load(self) -> None:
        backend = self._receiver.make(self._journal.header.spec.project)
        self.reporter.redact = Redactor(backend.secrets)
        backend.load()
        self.backend = backend
        self._changed.put(None)

    def _open(self) -> None:
        """Have the run made; the sink is made once, however often it is tried to reach the tracker."""
        if self.sink is None:
            self.sink = self._made()
        self.sink.write([])
        self._note(self.sink)
        self.error, self.tried, self.reached = None, True, True
        self._changed.put(None)
        if self._over:
            self.sink.give_up()

    def _made(self) -> Sink:
        backend, spec = self._loaded, self._journal.header.spec
        noted = self._journal.noted(self._number)
        begun = backend.find(noted["run_id"]) if "run_id" in noted else None
        old = begun or self._to_resume(backend, spec)
        if begun is not None:  # by a process that is no more
            self._already = Already(backend, begun, noted["points"])
        elif old is not None:
            self._points = len(old.metrics)
        self.last_step = old.last_step if old else -1
        sink = backend.open(spec, old)
        self._note(sink)
        return sink

    def _to_resume(self, backend: Backend, spec: RunSpec) -> StoredRun | None:
        try:
            return backend.to_resume(spec)
        except RunNotFound as error:
            if self.reporter.strict:
                raise
            self.reporter.warn(error, "The step goes on with a new run.", "resume")
            return None

    def _note(self, sink: Sink) -> None:
        """Keep which run it is, for whoever goes on with it; some trackers tell that only when it is there."""
        if sink.id and self._journal.noted(self._number).get("run_id") != sink.id:
            self._journal.note(self._number, {"run_id": sink.id, "points": self._points})

    @property
    def _loaded(self) -> Backend:
        assert self.backend is not None
        return self.backend

    def _deliver(self) -> None:
        while not self._over:
            end = self._end  # before what is read: nothing is appended after it
            batch = self._cursor.next(budgets.BATCH)
            if batch:
                self._waiting = self._left(batch)
                self._repeat(self._hand_on)
                end = batch[-1] if isinstance(batch[-1], End) else None
            if end is not None:
                self._repeat(partial(self._close, end))
                return
            if not batch:
                self._rest()

    def _left(self, batch: list[Logged]) -> list[Logged]:
        """What of it is not stored yet; to be asked once of each record, since equal ones are counted."""
        if self._already is None:
            return batch
        left = list(self._already.without(batch))
        numbers = {record.number for record in left}
        self._count([record for record in batch if record.number not in numbers])
        return left

    def _hand_on(self) -> None:
        """Give the sink what waits, all of it; what it refused is told, and not given again."""
        self._give()
        while self._waiting and not self._over:
            self._give()

    def _give(self) -> None:
        """Give the sink what waits: at once if it tells how far it is, else one record."""
        sink = self.sink
        assert sink is not None
        batch = self._waiting if self._tells_how_far else self._waiting[:1]
        records = [record for record in batch if self._takes(record)]
        try:
            if records or not batch:  # else it would take that for the beginning
                sink.write(records)
        except BaseException as error:
            self._advance(sink.stored())
            if may_pass(error):
                raise
            if batch and self._waiting[:1] == batch[:1]:
                self._refused(batch[0], error)
            self.tell_loss(_as_error(error))
        else:
            self._advance(batch[-1].number if batch else -1)

    @property
    def _tells_how_far(self) -> bool:
        """Else nobody would know which record of several failed, nor whether it gets on."""
        return self.sink is not None and type(self.sink).stored is not Sink.stored

    def _refused(self, record: Logged, error: BaseException) -> None:
        """It is not given again; a row is lost, unless the error says what of it is."""
        self._advance(record.number)
        self.rows -= isinstance(record, Metrics) and not isinstance(error, (Losses, UnstorableValue))

    def _takes(self, record: Logged) -> bool:
        """Whether the tracker has the feature that it needs; a warning names one that it hasn't."""
        feature = NEEDS.get(type(record))
        if feature is None or feature in self._loaded.features:
            return not isinstance(record, End)
        lacking = UnsupportedFeature(f"The tracker {self._loaded.name!r} has no {feature.value}.")
        self.reporter.warn(lacking, "The other trackers get it.", feature.value)
        return False

    def _advance(self, number: int) -> None:
        """All up to the record of that number is stored."""
        stored = list(takewhile(lambda record: record.number <= number, self._waiting))
        self._waiting = self._waiting[len(stored) :]
        self._count(stored)

    def _count(self, stored: list[Logged]) -> None:
        self.records += sum(not isinstance(record, End) for record in stored)
        self.rows += sum(isinstance(record, Metrics) for record in stored)

    def _close(self, end: End) -> None:
        assert self.sink is not None
        try:
            self.sink.close(end.status, end.error)
        except BaseException as error:
            if may_pass(error):
                raise
            self.error = _as_error(error)
            self.tell_loss(self.error)
        else:
            self.error, self.done = None, True

    def _repeat(self, call: Callable[[], None]) -> None:
        """Make the call until it works or nobody waits any more, less and less often unless it gets on."""
        pause, records = budgets.FIRST_RETRY, self.records
        while not self._over:
            try:
                call()
                return
            except OSError as error:
                if not may_pass(error):
                    raise
                self.error, self.tried = error, True
                self.failures += 1
                self._changed.put(None)
            if records != (records := self.records):
                pause = budgets.FIRST_RETRY
            self._pause(pause)
            pause = min(2 * pause, budgets.LONGEST_RETRY)

    def _rest(self) -> None:
        if time.monotonic() > self._flushed + budgets.FLUSH:
            self._flushed = time.monotonic()
            self._journal.flush()
        self._pause(budgets.POLL)

    def _pause(self, seconds: float) -> None:
        with suppress(queue.Empty):
            self._wake.get(timeout=seconds)

    def tell_loss(self, error: Exception) -> None:
        """Say once of each thing that the tracker did not take that it did not."""
        self.rows -= error.rows if isinstance(error, Losses) else 0
        for each in error.errors if isinstance(error, Losses) else (error,):
            if isinstance(each, UnstorableValue):
                self.reporter.warn(each, "The rest is stored.", str(each))
            else:
                self.reporter.warn(each, "Some of what was logged is lost.", "delivery")


def _as_error(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else TrackerError(f"{type(error).__name__}: {error}")
