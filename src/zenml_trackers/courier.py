"""Delivery from a thread of its own, for sinks that wait for a server or a disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from zenml_trackers.backend import Sink
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
        """Queue the records."""
        for record in records:
            self._waiting.put(record)
        self._ensure_thread()
        if any(isinstance(record, (Artifact, Image)) for record in records):
            self._wait(HAND_OVER)

    def close(self, status: Status, error: RunError | None) -> None:
        """Wait until all is handed on, then close the sink."""
        self._wait(None)
        self._over.set()
        with self._turn:
            self._sink.close(status, error)

    def give_up(self) -> None:
        """Drop what still waits."""
        self._over.set()
        self._sink.give_up()

    def _introduce(self) -> None:
        """Take on what the sink is known by, which some libraries tell only once the run is made."""
        self.id = self._sink.id
        self.name = self._sink.name
        self.native: Any = self._sink.native

    def _wait(self, seconds: float | None) -> None:
        """Until all is handed on, or the seconds are over."""
        with self._waiting.all_tasks_done:
            self._waiting.all_tasks_done.wait_for(lambda: not self._waiting.unfinished_tasks, seconds)

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
