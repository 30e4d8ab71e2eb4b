"""A thread that brings what is in a journal to one tracker, in its order, for as long as it takes."""

from __future__ import annotations

import queue
import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any

from zenml_trackers.delivery import budgets
from zenml_trackers.delivery.before import Before
from zenml_trackers.delivery.cursor import Cursor
from zenml_trackers.delivery.handover import Handover, as_error, may_pass
from zenml_trackers.delivery.journal import Journal
from zenml_trackers.delivery.opening import Opening
from zenml_trackers.delivery.receiver import Receiver
from zenml_trackers.errors import TokenRefused, TrackerError
from zenml_trackers.interruption import let_through
from zenml_trackers.losses import Reporter
from zenml_trackers.model.records import End, Feature, Logged
from zenml_trackers.model.steps import StepCounter
from zenml_trackers.port.backend import Backend, Sink, backend_class
from zenml_trackers.port.bounded import in_thread, process_ends

_chance = random.Random()
"""Its own: what `random` gives a step is the step's."""


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
        self.receiver = receiver
        """Where to."""
        self.name = receiver.name
        self.reporter = reporter
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
        self.steps = StepCounter()
        """Told of the metric steps of child processes that share them."""
        self.failures = 0
        """How often the tracker could not be reached."""
        self._journal = journal
        self._opening = Opening(receiver, journal, number, reporter)
        self._cursor = Cursor(journal)
        self._handover: Handover | None = None
        self._thread: Thread | None = None
        self._over = False
        self._awaited = 0
        self._delivered = 0
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
        self._thread = in_thread(lambda: self._work(on_end), f"delivery to {self.name}")

    def finish(self, end: End) -> None:
        """Deliver the rest now, and the end after that, even if it is not in the journal."""
        self._end, self._failures_before_end = end, self.failures
        self.hurry()

    def hurry(self, reach: int = 0) -> None:
        """Look into the journal now, and take no rest before so many bytes of it are read."""
        self._awaited = max(self._awaited, reach)
        self._wake.put(None)

    def join(self) -> None:
        """Wait until its thread is gone, if it does nothing any more: no step leaves one behind."""
        if self.stopped and self._thread is not None:
            self._thread.join(budgets.THREAD)

    @property
    def backend(self) -> Backend | None:
        """Once its library is loaded."""
        return self._opening.backend

    @property
    def sink(self) -> Sink | None:
        """Once the backend gave one."""
        return self._opening.sink

    @property
    def before(self) -> Before:
        """What the run had before, if it is resumed."""
        return self._opening.before

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
    def rows(self) -> int:
        """The rows of metrics that the tracker took."""
        return self._handover.rows if self._handover is not None else 0

    @property
    def rows_of_processes(self) -> int:
        """The rows of metrics in the journal that child processes logged, as far as it was read."""
        return self._cursor.marks.rows

    @property
    def records(self) -> int:
        """The records that it took."""
        return self._handover.records if self._handover is not None else 0

    @property
    def features(self) -> frozenset[Feature]:
        """What its tracker has; all of a tracker that can't be used, since asking for one is no mistake then."""
        return self.backend.features if self.backend is not None else frozenset(Feature)

    def attach(self, native: Any) -> Callable[[], None]:
        """Have the library's own calls in this context reach `native`, until the result is called."""
        return (self.backend or backend_class(self.receiver.kind)).attach(native)

    def has_all(self, reach: int) -> bool:
        """Whether so many bytes of the journal are delivered."""
        return self._delivered >= reach

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
            self.done = self._opening.is_done
            if not self.done:
                self._repeat(self._load)
                self._repeat(self._open)
                self._deliver()
        except BaseException as error:  # such as a panic of a library in Rust
            self.error = as_error(error)
        finally:
            self.stopped = self.tried = True
            on_end()
            self._changed.put(None)

    def _load(self) -> None:
        self._opening.load()
        self._changed.put(None)

    def _open(self) -> None:
        if self._handover is None:
            self._handover = self._opening.make(self._cursor)
        assert self.sink is not None
        self.sink.write([])
        self._opening.note()
        self.error, self.tried, self.reached = None, True, True
        self._changed.put(None)
        if self._over:
            self.sink.give_up()

    @property
    def _stops(self) -> bool:
        return self._over or process_ends()

    def _deliver(self) -> None:
        handover = self._handover
        while handover is not None and not self._stops:
            end = self._end  # before what is read: nothing is appended after it
            began = time.thread_time()
            batch = self._next()
            if batch:
                handover.add(batch)
                self.steps.reach(self._cursor.marks.next_step)
                self._hand_on(handover)
                end = batch[-1] if isinstance(batch[-1], End) else None
            if end is not None:
                self._repeat(partial(self._close, handover, end))
                return
            if not batch:
                self._rest()
            elif self._end is None and self._cursor.offset >= self._awaited:
                self._pause(min(budgets.RESTS * (time.thread_time() - began), budgets.REST))

    def _next(self) -> list[Logged]:
        before = self._cursor.unreadable
        batch = self._cursor.next(budgets.BATCH)
        if self._cursor.unreadable > before:
            damage = TrackerError(f"there are records in the journal {self._journal.folder} that can't be read")
            self.reporter.warn(damage, "What they held is lost; the rest is stored.", "journal")
        return batch

    def _hand_on(self, handover: Handover) -> None:
        self._repeat(handover.give)
        while handover.waits and not self._stops:
            self._repeat(handover.give)
        if not handover.waits:
            self._delivered = self._cursor.offset

    def _close(self, handover: Handover, end: End) -> None:
        self.error = handover.close(end)
        self.done = self.error is None
        if self.done and len(self._journal.header.trackers) > 1:
            self._opening.note(done=True)

    def _repeat(self, call: Callable[[], None]) -> None:
        """Make the call until it works or nobody waits any more, less and less often unless it gets on."""
        pause, records = budgets.FIRST_RETRY, self.records
        while not self._stops:
            try:
                call()
                return
            except OSError as error:
                if not may_pass(error) or (isinstance(error, TokenRefused) and not self.reached):
                    raise  # of a run that is made, its rows wait: a gateway may err, a token be renewed
                self.error, self.tried = error, True
                self.failures += 1
                self._changed.put(None)
            if records != (records := self.records):
                pause = budgets.FIRST_RETRY
            self._pause(pause * (1 - budgets.BY_CHANCE * _chance.random()))
            pause = min(2 * pause, budgets.LONGEST_RETRY)

    def _rest(self) -> None:
        if time.monotonic() > self._flushed + budgets.FLUSH:
            self._flushed = time.monotonic()
            self._journal.flush()
        self._pause(budgets.POLL)

    def _pause(self, seconds: float) -> None:
        with suppress(queue.Empty):
            self._wake.get(timeout=seconds)
