"""For libraries that would call a run a success if the process ends before the run does."""

from __future__ import annotations

import atexit
import os
import threading
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from zenml_trackers.errors import TrackerError
from zenml_trackers.model.records import Logged, RunError, Status
from zenml_trackers.port.sinks import DocumentSink

ABANDONED = RunError(type="RunNeverEnded", message="The process ended before the run did.")
PATIENCE = 1.0
"""Seconds that the end of the process waits for a thread that uses the sink."""


class EndedSink(DocumentSink):
    """A sink whose run ends with the process at the latest, and then as failed."""

    def __init__(self, config: dict[str, Any]) -> None:
        """The library must have been started: what ends last is what was begun first.

        Args:
            config: What the run begins with.
        """
        super().__init__(config)
        self._process = os.getpid()
        self._in_use = threading.Lock()
        atexit.register(self._abandon)

    def write(self, records: Sequence[Logged]) -> None:
        with self._in_use:
            super().write(records)

    def close(self, status: Status, error: RunError | None) -> None:
        with self._in_use:
            super().close(status, error)

    def end(self, status: Status, error: RunError | None) -> None:
        """End the library's run, which can't be tried again; who goes on with it later stores what is missing."""
        atexit.unregister(self._abandon)
        try:
            self.finish(status, error)
        except OSError as failure:
            raise TrackerError(f"the run was ended before all of it was stored: {failure}") from failure

    @abstractmethod
    def finish(self, status: Status, error: RunError | None) -> None:
        """Deliver all that is still on its way, and end the library's run.

        Raises:
            OSError: It is not delivered.
        """

    def _abandon(self) -> None:
        """The sink stays in use from now on; a thread that hangs in it keeps it, and what becomes of the run.

        What the journal still has, another process delivers: it sets the right end, too.
        """
        if os.getpid() == self._process and self._in_use.acquire(timeout=PATIENCE):
            with suppress(Exception):
                super().close(Status.FAILED, ABANDONED)
