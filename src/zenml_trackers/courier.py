"""Delivery from a thread of its own, for sinks that wait for a server or a disk."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from zenml_trackers.backend import Sink
from zenml_trackers.errors import TrackerError, TrackerUnreachable
from zenml_trackers.records import Artifact, Image, Record, RunError, Status

LARGEST_BATCH = 1000
HAND_OVER = 60.0
"""Seconds that a call waits at most for its file or picture to be handed on."""
IDLE = 0.5
"""Seconds after which a thread with nothing to do looks whether it is still needed."""


class Courier(Sink):
    """Takes records at once and hands them on in batches, in their order.

    Files and pictures are handed on before `write` returns, since the user may change or delete them afterwards.
    """

    concurrent = True

    def __init__(self, sink: Sink, warn: Callable[[Exception], None]) -> None:
        """The thread starts with the first record.

        Args:
            sink: Where the records go; only one thread at a time calls it.
            warn: Told of what `sink` raises meanwhile.
        """
        self._sink = sink
        self._warn = warn
        self._waiting: queue.Queue[Record] = queue.Queue()
        self._turn = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._patience = HAND_OVER
        self._process = os.getpid()
        self._introduce()

    @property
    def links(self) -> dict[str, str]:
        """Those of the sink."""
        return self._sink.links

    def begin(self) -> None:
        """Have the sink make the run, and wait for that; what is logged meanwhile comes after it."""
        with self._turn:
            self._sink.write([])
        self._introduce()

    def write(self, records: Sequence[Record]) -> None:
        """Queue the records.

        Raises:
            TrackerUnreachable: This is a forked process, which the thread is not in; or a file may not be kept.
        """
        if os.getpid() != self._process:
            raise TrackerUnreachable("the run belongs to the process that this one was forked from; log there")
        for record in records:
            self._waiting.put(record)
        self._ensure_thread()
        if any(isinstance(record, (Artifact, Image)) for record in records):
            self._hand_over()

    def close(self, status: Status, error: RunError | None) -> None:
        """Wait until all is handed on, then close the sink."""
        self._wait(None)
        self._over.set()
        with self._turn:
            self._sink.close(status, error)

    def give_up(self) -> None:
        """Drop what still waits."""
        self._over.set()
        with self._waiting.all_tasks_done:
            self._waiting.all_tasks_done.notify_all()
        self._sink.give_up()

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

    def _wait(self, seconds: float | None) -> bool:
        """Until all is handed on, given up, or the seconds are over; whether there is nothing left to wait for."""
        with self._waiting.all_tasks_done:
            return self._waiting.all_tasks_done.wait_for(
                lambda: self._over.is_set() or not self._waiting.unfinished_tasks, seconds
            )

    def _ensure_thread(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._deliver, name="zenml-trackers: delivery", daemon=True)
                self._thread.start()

    def _deliver(self) -> None:
        while not self._over.is_set():
            if not (batch := self._next_batch()):
                continue
            try:
                with self._turn:
                    self._sink.write(batch)
            except Exception as error:
                self._warn(error)
            except BaseException as error:  # such as a panic of a library in Rust; the thread is still needed
                self._warn(TrackerError(f"{type(error).__name__}: {error}"))
            finally:
                for _ in batch:
                    self._waiting.task_done()

    def _next_batch(self) -> list[Record]:
        batch: list[Record] = []
        with suppress(queue.Empty):
            batch.append(self._waiting.get(timeout=IDLE))
            while len(batch) < LARGEST_BATCH:
                batch.append(self._waiting.get_nowait())
        return batch
