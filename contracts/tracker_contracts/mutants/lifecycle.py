"""Trackers that break L1 to L12."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.mutants.mutant import breaks
from tracker_contracts.mutants.reference import jot
from tracker_contracts.mutants.reference.component import ReferenceTracker
from tracker_contracts.mutants.reference.settings import ReferenceSettings


@breaks("L1")
class ForgetsStepsThatLogNothing(jot.Run):
    """A run in which nothing was logged is deleted when it ends."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        if '"kind": "metrics"' not in self.file.read_text():
            self.file.unlink()


@breaks("L1")
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


@breaks("L2")
class LeavesEmptyRunsOpen(jot.Run):
    """A run that logged no metric is not ended."""

    def end(self, state: str, **error: str) -> None:
        if self.next_step:
            super().end(state, **error)


@breaks("L3")
class LeavesTheRunActive(ReferenceTracker):
    """After cleanup the run is still the current one."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        jot.enter(run)


@breaks("L3")
class RestoresEnvironmentOnlyOnSuccess(ReferenceTracker):
    """What prepare set in the environment stays there if the step fails."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        os.environ["JOT_RUN"] = run.id

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed)
        if not step_failed:
            os.environ.pop("JOT_RUN", None)


@breaks("L3")
class SavesAndRestoresAroundOtherSteps(ReferenceTracker):
    """The environment is put back as prepare found it, whatever another tracker did meanwhile."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        before = os.environ.get("JOT_RUN", "")
        undo.callback(os.environ.__setitem__, "JOT_RUN", before)
        os.environ["JOT_RUN"] = run.id


@breaks("L3")
class ChangesTheWorkingDirectory(ReferenceTracker):
    """The step and all that follows work in the tracker's folder."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        os.chdir(run.folder)


@breaks("L3")
class LeavesALoggingHandler(ReferenceTracker):
    """Each step adds a handler to the root logger."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        logging.getLogger().addHandler(logging.NullHandler())


@breaks("L3")
class ReplacesTheExcepthook(ReferenceTracker):
    """A hook that would mark crashes outlives the step."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        before = sys.excepthook
        sys.excepthook = lambda *error: before(*error)


@breaks("L3")
class LeavesASignalHandler(ReferenceTracker):
    """A handler of Ctrl-C outlives the step."""

    def enter(self, run: jot.Run, undo: ExitStack) -> None:
        super().enter(run, undo)
        signal.signal(signal.SIGINT, lambda number, frame: sys.exit(1))


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


@breaks("L5")
class CarriesParamsToTheNextStep(jot.Run):
    """Params of earlier steps are written to later ones."""

    carried: ClassVar[dict[str, Any]] = {}

    def log_params(self, params: Mapping[str, Any]) -> None:
        self.carried.update(params)
        super().log_params(dict(self.carried))


@breaks("L5")
class CarriesTheStepCounterOn(jot.Run):
    """A run begins to count where the last one of the process stopped."""

    last: ClassVar[int] = 0

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        super().start(tags, **facts)
        self.next_step = self.last

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        type(self).last = self.next_step


@breaks("L5")
class TracksNothingAfterAFailure(ReferenceTracker):
    """Once a step failed, the next one of the process has no run."""

    failed = False

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        if not self.failed:
            return super().open_run(info, settings)
        self.failed = False
        return jot.Unkept(Path(self.config.folder), self.config.project, info.run_name, held=True)

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed)
        self.failed = step_failed


@breaks("L6")
class CannotEndWhatWasFinishedNatively(jot.Run):
    """Cleanup raises if the step finished the run itself."""

    finished = False

    def finish(self) -> None:
        self.finished = True

    def end(self, state: str, **error: str) -> None:
        if self.finished:
            raise RuntimeError("the run is finished already")
        super().end(state, **error)


@breaks("L6")
class TakesANativeFinishForTheEnd(jot.Run):
    """A run that the step finished itself stays finished, even if the step fails later."""

    finished = False

    def finish(self) -> None:
        super().end("finished")
        self.finished = True

    def end(self, state: str, **error: str) -> None:
        if not self.finished:
            super().end(state, **error)


@breaks("L6")
class LosesTheRunToANativeStart(jot.Run):
    """A run that the step starts itself takes the place of the step's."""

    def join(self) -> None:
        other = jot.Run(self.folder, self.project, "trainer", held=True)
        other.start()
        jot.enter(other)


@breaks("L7")
class KeepsOneRunOnTheComponent(ReferenceTracker):
    """The component remembers one run, whichever thread prepared last."""

    def key_of(self, info: StepRunInfo) -> Any:
        return "the run"


@breaks("L7")
class SharesRunBetweenThreads(jot.Run):
    """What is logged goes to the run that started last."""

    latest: ClassVar[jot.Run]

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        super().start(tags, **facts)
        type(self).latest = self

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        jot.Run.log(self.latest, metrics, step)


@breaks("L8")
class RetriesOverwriteTheRun(ReferenceTracker):
    """All attempts of a step write to one run."""

    def open_run(self, info: StepRunInfo, settings: ReferenceSettings) -> jot.Run:
        shared = uuid5(info.run_id, info.pipeline_step_name).hex
        return super().open_run(info, settings.model_copy(update={"resume": shared}))


@breaks("L8")
class CallsEveryAttemptTheFirst(ReferenceTracker):
    """The number of the attempt is always 1."""

    def attempt_of(self, info: StepRunInfo) -> int:
        return 1


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


@breaks("L11")
class OffByOneStepAfterResume(jot.Run):
    """A run that is continued leaves out a step."""

    def load(self) -> None:
        super().load()
        self.next_step += 1


@breaks("L11")
class RepeatsTheLastStepAfterResume(jot.Run):
    """A run that is continued writes to its last step again."""

    def load(self) -> None:
        super().load()
        self.next_step -= 1


@breaks("L11")
class StartsAfreshOnResume(jot.Run):
    """A run that is continued loses what it had."""

    def load(self) -> None:
        self.file.unlink()


@breaks("L12")
class OrphansChildren(jot.Run):
    """A child run does not say whose it is."""

    def child(self, name: str) -> jot.Run:
        made = jot.Run(self.folder, self.project, name, hidden=self.hidden)
        made.start()
        return made
