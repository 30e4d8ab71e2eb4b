"""For libraries that would call a run a success if the process ends before the run does."""

from __future__ import annotations

import atexit
import os
from typing import Any

from zenml_trackers.records import RunError, Status
from zenml_trackers.sinks import DocumentSink

ABANDONED = RunError(type="RunNeverEnded", message="The process ended before the run did.")


class EndedSink(DocumentSink):
    """A sink that is closed once, at the latest when the process ends, and then as failed."""

    def __init__(self, config: dict[str, Any], last_step: int = -1) -> None:
        """The library must have been started: what ends last is what was begun first.

        Args:
            config: What the run begins with.
            last_step: The highest step of the run that is continued.
        """
        super().__init__(config, last_step)
        self._over = False
        self._process = os.getpid()
        atexit.register(self._abandon)

    def close(self, status: Status, error: RunError | None) -> None:
        """As of any sink, but nothing the second time."""
        if not self._over:
            self._over = True
            atexit.unregister(self._abandon)
            super().close(status, error)

    def _abandon(self) -> None:
        if os.getpid() == self._process:
            self.close(Status.FAILED, ABANDONED)
