"""Delivery from a thread of its own, for sinks that wait for a server or a disk."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from zenml_trackers.backend import Sink
from zenml_trackers.errors import TrackerError, TrackerUnreachable
from zenml_trackers.records import Artifact, Image, Record, RunError, Status

LARGEST_BATCH = 1000
HAND_OVER = 60.0
"""Seconds that a call waits at most for its file or picture to be handed on."""
IDLE = 0.5
"""Seconds after which a thread with nothing to do looks whether it is still needed."""
LOOK = 0.05
"""Seconds after which whoever waits looks whether all was given up."""


class Reached:
    """A place in the queue: whoever puts it there is told when all before it is handed on.

    Like the queue itself it has no lock that a signal's handler could leave taken by raising at the wrong moment.
    """

    def __init__(self) -> None:
        self._told: queue.SimpleQueue[None] = queue.SimpleQueue()

    def tell(self) -> None:
        """All before it is handed on."""
        self._told.put(None)

    def wait(self, seconds: float) -> bool:
        """Wait for so long at most; whether it is reached."""
        try:
            self._told.get(timeout=seconds)
        except queue.Empty:
            return False
        return True


class Courier(Sink):
    """Takes records at once and hands them on in batches, in their order.

    Files and pictures are handed on before `write` returns, since the user may change or delete them afterwards.
    """

    concurrent: ClassVar[bool] = True

    def __init__(self, sink: Sink, warn: Callable[[Exception], None]) -> None:
        """Nothing is handed on before `begin`.

        Args:
            sink: Where the records go; only one thread at a time calls it.
            warn: Told of what `sink` raises meanwhile.
        """
        self._sink = sink
        self._warn = warn
        self._waiting: queue.SimpleQueue[Record | Reached] = queue.SimpleQueue()
        self._over = False
        self._patience = HAND_OVER
        self._thread = threading.Thread(target=self._deliver, name="zenml-trackers: delivery", daemon=True)
        self._introduce()

    @property
    def links(self) -> dict[str, str]:
        """Those of the sink."""
        return self._sink.links

    def begin(self) -> None:
        """Have the sink make the run, and wait for that; what is logged meanwhile comes after it."""
        try:
            self._sink.write([])
        finally:
            self._introduce()
            self._thread.start()

    def write(self, records: Sequence[Record]) -> None:
        """Queue the records.

        Raises:
            TrackerUnreachable: A file may not be kept.
        """
        for record in records:
            self._waiting.put(record)
        if any(isinstance(record, (Artifact, Image)) for record in records):
            self._hand_over()

    def close(self, status: Status, error: RunError | None) -> None:
        """Wait until all is handed on, then close the sink."""
        self._wait(float("inf"))
        self._over = True
        self._waiting.put(Reached())  # wakes the thread up
        self._thread.join()
        self._sink.close(status, error)

    def give_up(self) -> None:
        """Drop what still waits."""
        self._over = True
        self._sink.give_up()

    def stored(self) -> int | None:
        """As the sink has it."""
        return self._sink.stored()

    def others(self) -> int:
        """As the sink has it."""
        return self._sink.others()

    def _introduce(self) -> None:
        """Take on what the sink is known by, which some libraries tell only once the run is made."""
        self.id = self._sink.id
        self.name = self._sink.name
        self.native: Any = self._sink.native

    def _hand_over(self) -> None:
        """Wait for a file; a tracker that hangs holds up one call, and not each that follows."""
        if not self._wait(self._patience):
            self._patience = 0.0
            raise TrackerUnreachable("a file was not taken in time; if it changes, it may be stored as it is then")

    def _wait(self, seconds: float) -> bool:
        """Until all is handed on, given up, or the seconds are over; whether there is nothing left to wait for."""
        place, until = Reached(), time.monotonic() + seconds
        self._waiting.put(place)
        while not self._over and (left := until - time.monotonic()) > 0:
            if place.wait(min(left, LOOK)):
                return True
        return self._over

    def _deliver(self) -> None:
        while not self._over:
            batch, place = self._next_batch()
            if batch:
                self._hand_on(batch)
            if place:
                place.tell()

    def _hand_on(self, batch: list[Record]) -> None:
        try:
            self._sink.write(batch)
        except Exception as error:
            self._warn(error)
        except BaseException as error:  # such as a panic of a library in Rust; the thread is still needed
            self._warn(TrackerError(f"{type(error).__name__}: {error}"))

    def _next_batch(self) -> tuple[list[Record], Reached | None]:
        """The records up to the next place that somebody waits for."""
        batch: list[Record] = []
        with suppress(queue.Empty):
            item = self._waiting.get(timeout=IDLE)
            while not isinstance(item, Reached):
                batch.append(item)
                if len(batch) == LARGEST_BATCH:
                    return batch, None
                item = self._waiting.get_nowait()
            return batch, item
        return batch, None
