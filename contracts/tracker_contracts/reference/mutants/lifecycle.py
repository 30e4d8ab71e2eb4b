"""Trackers that break L1, L2, L4 and L6."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.settings import ReferenceSettings

MOMENT = 0.2
"""Seconds."""


@breaks("L1", at="first=tags rows=0 last=artifact")
class ForgetsStepsThatLogNothing(jot.Run):
    """A run in which nothing was logged is deleted when it ends."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        if '"kind": "metrics"' not in self.file.read_text():
            self.file.unlink()


@breaks("L1", at="attempt=third")
class MakesOneRunForThePipeline(ReferenceTracker):
    """All steps of a pipeline run write to one run."""

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        shared = uuid5(NAMESPACE_URL, info.run_name).hex
        return super().open_run(info, settings.model_copy(update={"resume": shared}))


@breaks("L1")
class MakesARunForTheTagsToo(jot.Run):
    """Storing the tags starts a second run."""

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        super().start(tags, **facts)
        other = jot.Run(self.folder, self.project, self.name)
        other.start(tags)
        other.end("finished")


@breaks("L2")
class LeavesTheRunOpen(jot.Run):
    """Cleanup does not end the run."""

    def end(self, state: str, **error: str) -> None:
        pass


@breaks("L2", at="first=tags rows=0 last=artifact")
class LeavesEmptyRunsOpen(jot.Run):
    """A run that logged no metric is not ended."""

    def end(self, state: str, **error: str) -> None:
        if self.next_step:
            super().end(state, **error)


class _LateRow(jot.Run):
    """Metrics are written one call late."""

    late: dict[str, Any] | None = None

    def write(self, kind: str, **fields: Any) -> None:
        if kind != "metrics":
            return super().write(kind, **fields)
        self.deliver()
        self.late = fields
        return None

    def deliver(self) -> None:
        """Write what is late."""
        if self.late is not None:
            super().write("metrics", **self.late)
        self.late = None


@breaks("L4")
class DropsLastRowOnFinish(_LateRow):
    """The last row of metrics is buffered, and forgotten when the run ends."""


@breaks("L4")
class DeliversWithTheNextRun(_LateRow):
    """The last row of metrics is only written when the next run starts."""

    before: ClassVar[_LateRow | None] = None

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        if self.before is not None:
            self.before.deliver()
        type(self).before = self
        super().start(tags, **facts)


@breaks("L4")
class WritesAMomentLater(jot.Run):
    """Another thread writes the metrics, and cleanup does not wait for it."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "metrics":
            threading.Timer(MOMENT, super().write, (kind,), fields).start()
        else:
            super().write(kind, **fields)


@breaks("L6", at="native=finish")
class CannotEndWhatWasFinishedNatively(jot.Run):
    """Cleanup raises if the step finished the run itself."""

    finished = False

    def finish(self) -> None:
        self.finished = True

    def end(self, state: str, **error: str) -> None:
        if self.finished:
            raise RuntimeError("the run is finished already")
        super().end(state, **error)


@breaks("L6", at="native=finish ending=long")
class TakesANativeFinishForTheEnd(jot.Run):
    """A run that the step finished itself stays finished, even if the step fails later."""

    finished = False

    def finish(self) -> None:
        super().end("finished")
        self.finished = True

    def end(self, state: str, **error: str) -> None:
        if not self.finished:
            super().end(state, **error)


@breaks("L6", at="native=start")
class LosesTheRunToANativeStart(jot.Run):
    """A run that the step starts itself takes the place of the step's."""

    def join(self) -> None:
        other = jot.Run(self.folder, self.project, "trainer", held=True)
        other.start()
        jot.enter(other)
