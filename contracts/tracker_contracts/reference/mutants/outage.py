"""Trackers that break L9 and L10."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks


@breaks("L9")
class FailsTheStepWhenUnreachable(ReferenceTracker):
    """Prepare raises if no server answers."""

    def begin(self, info: StepRunInfo, undo: ExitStack) -> jot.Run:
        self.reach()
        return super().begin(info, undo)


@breaks("L9")
class IsSilentWhenUnreachable(ReferenceTracker):
    """Nobody is told that nothing was tracked."""

    def warn(self, info: StepRunInfo, text: str) -> None:
        pass


@breaks("L9")
class HidesTheStepsErrorWhenUnreachable(ReferenceTracker):
    """Cleanup raises because there is nothing to end."""

    def end(self, run: jot.Run, step_failed: bool) -> None:
        if isinstance(run, jot.Unkept):
            raise ConnectionError("the end of the run could not be stored")
        super().end(run, step_failed)


@breaks("L9")
class IgnoresStrict(ReferenceTracker):
    """A strict tracker warns, as any other does."""

    def begin(self, info: StepRunInfo, undo: ExitStack) -> jot.Run:
        try:
            return super().begin(info, undo)
        except ConnectionError as error:
            self.warn(info, str(error))
            return jot.Unkept(Path(self.config.folder), self.config.project, info.run_name, held=True)


@breaks("L10")
class WaitsForADeadServer(ReferenceTracker):
    """Cleanup has a deadline of its own, beside that of prepare."""

    def end(self, run: jot.Run, step_failed: bool) -> None:
        if isinstance(run, jot.Unkept):
            time.sleep(self.config.deadline + 1.1)
        super().end(run, step_failed)
