"""Steps that ZenML gives up after they ran, and tells no tracker.

ZenML stores what a tracker says of a run before it calls `cleanup_step_run`. If it can't, the step fails, and nobody
calls that any more (seen in 0.75 to 0.98).
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from zenml_trackers.model.records import End, RunError, RunSpec, Status
from zenml_trackers.zenml import step_end

FIRST_LOOK, LONGEST_PAUSE = 5.0, 120.0
"""Seconds after which ZenML is asked for the first time how the step ended, and at most until the next time."""
ENDED = 1.0
"""Seconds that a thread which only waited may take to end."""
UNTOLD = RunError(type="StepGivenUp", message="ZenML could not store what is known of the run, and failed the step.")


class Watch:
    """Asks from time to time how a step ended, until somebody ends its run."""

    def __init__(self, spec: RunSpec, end: Callable[[End], None]) -> None:
        """Begin, when ZenML asks what is known of the run; the step may go on.

        Args:
            spec: That of its run.
            end: Ends the run.
        """
        raised = sys.exc_info()[1]  # ZenML asks while the step's exception is on its way out
        self.seen = End(status=Status.FAILED, error=RunError.of(raised) if raised else UNTOLD)
        """How the run is to end if ZenML can't be asked."""
        self._spec = spec
        self._end = end
        self._ends = False
        self._pause = FIRST_LOOK
        self._wait()

    def stop(self) -> None:
        """Ask no more; if it is just ending the run, wait for that."""
        self._timer.cancel()
        if self._timer is not threading.current_thread():
            self._timer.join(None if self._ends else ENDED)

    def told(self) -> End:
        """How the step ended, asked now."""
        return self._known() or self.seen

    def _wait(self) -> None:
        self._timer = threading.Timer(self._pause, self._look)
        self._timer.name, self._timer.daemon = "zenml_trackers: step given up?", True
        self._timer.start()

    def _look(self) -> None:
        if (end := self._known()) is not None:
            self._ends = True
            self._end(end)
        elif not self._timer.finished.is_set():
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._wait()

    def _known(self) -> End | None:
        """None if the step goes on, or was never one of ZenML's. Why it failed was seen here; ZenML may not know."""
        end = step_end.ended(self._spec)
        if end is None or end.error == step_end.GONE:
            return None
        return self.seen if end.status is Status.FAILED else end
