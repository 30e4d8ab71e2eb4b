"""Trackers that break F1 to F8."""

from __future__ import annotations

import errno
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from zenml.config.step_run_info import StepRunInfo

from tracker_contracts.harness import Place
from tracker_contracts.observed import ObservedRun
from tracker_contracts.reference import jot
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.mutants.harness import ReferenceHarness
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.reader import observed
from tracker_contracts.reference.settings import ReferenceSettings


@breaks("F1", at="ending=long")
class MarksFailedAsFinished(ReferenceTracker):
    """Each run ends as finished."""

    def state_of(self, step_failed: bool) -> str:
        return "finished"


@breaks("F1", at="ending=long")
class FailsOnlyWithoutMetrics(jot.Run):
    """A run that logged something ends as finished, even if its step raised."""

    def end(self, state: str, **error: str) -> None:
        super().end("finished" if self.next_step else state, **error)


@breaks("F2", at="ending=long")
class CutsErrorAt255(ReferenceTracker):
    """The end of a long message is lost."""

    def describe(self, error: BaseException | None) -> dict[str, str]:
        return {name: text[:255] for name, text in super().describe(error).items()}


@breaks("F2", at="ending=lines")
class KeepsTheFirstLineOfTheMessage(ReferenceTracker):
    """A message of several lines is cut after the first."""

    def describe(self, error: BaseException | None) -> dict[str, str]:
        return {name: text.split("\n")[0] for name, text in super().describe(error).items()}


@breaks("F2", at="ending=long")
class OmitsTheTypeOfTheError(ReferenceTracker):
    """Only the message is stored."""

    def describe(self, error: BaseException | None) -> dict[str, str]:
        return {name: text for name, text in super().describe(error).items() if name == "error_message"}


@breaks("F2", at="ending=long")
class DescribesTheBaseOfTheError(ReferenceTracker):
    """The type that is stored is that of the exception's parent."""

    def describe(self, error: BaseException | None) -> dict[str, str]:
        told = super().describe(error)
        return {**told, "error_type": type(error).__mro__[1].__name__} if told else told


@breaks("F3", at="ending=exit-3")
class SwallowsSystemExit(ReferenceTracker):
    """A step that ends with SystemExit is taken for a good one."""

    def state_of(self, step_failed: bool) -> str:
        return super().state_of(step_failed and not isinstance(sys.exc_info()[1], SystemExit))


@breaks("F3", at="ending=interrupt")
class SwallowsKeyboardInterrupt(ReferenceTracker):
    """A step that the user interrupts is taken for a good one."""

    def state_of(self, step_failed: bool) -> str:
        return super().state_of(step_failed and not isinstance(sys.exc_info()[1], KeyboardInterrupt))


@breaks("F3", at="ending=base")
class KnowsOnlyExceptions(ReferenceTracker):
    """What isn't an `Exception` is no failure, unless it is a well-known one."""

    def state_of(self, step_failed: bool) -> str:
        known = (Exception, SystemExit, KeyboardInterrupt)
        return super().state_of(step_failed and isinstance(sys.exc_info()[1], known))


@breaks("F4", at="attempt=third")
class FailureSticks(ReferenceTracker):
    """Once a step failed, the runs after it are failed."""

    failed = False

    def state_of(self, step_failed: bool) -> str:
        self.failed = self.failed or step_failed
        return super().state_of(self.failed)


@breaks("F4", at="beside=two")
class FailsWhatRunsBesideAFailure(ReferenceTracker):
    """A step that fails takes those with it that run at the same time."""

    def state_of(self, step_failed: bool) -> str:
        for other in self.tracked.values():
            if step_failed:
                other.run.__dict__["beside_a_failure"] = True
        return super().state_of(step_failed)

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed or "beside_a_failure" in run.__dict__)


@breaks("F4", at="before=two")
class AFailureReachesBack(ReferenceTracker):
    """A step that fails marks the run before it as failed too."""

    last: jot.Run | None = None

    def end(self, run: jot.Run, step_failed: bool) -> None:
        super().end(run, step_failed)
        if step_failed and self.last is not None:
            self.last.end("failed")
        self.last = run


class _Buffered(jot.Run):
    """Metrics are kept in memory until the run ends."""

    buffer: list[dict[str, Any]]

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "metrics":
            self.__dict__.setdefault("buffer", []).append(fields)
            return
        if kind == "end":
            self.flush(fields["state"])
        super().write(kind, **fields)

    def flush(self, state: str) -> None:
        """Write what is in memory."""
        for fields in self.__dict__.pop("buffer", []):
            super().write("metrics", **fields)


@breaks("F5")
class FlushesOnlyOnSuccess(_Buffered):
    """What is in memory is lost if the step doesn't come to its end."""

    def flush(self, state: str) -> None:
        if state == "finished":
            super().flush(state)


@breaks("F6")
class BuffersUntilTheEnd(_Buffered):
    """What was logged is in memory until cleanup."""


@breaks("F7")
class DropsWhatCannotBeDelivered(jot.Run):
    """What is logged while the folder is gone is lost."""

    def append(self, line: str) -> None:
        try:
            jot.put(self.file, line)
        except OSError as error:
            self.warn(f"a record is lost ({error.strerror})")


@breaks("F7")
class NumbersNothing(jot.Run):
    """What waits for delivery is delivered with what had arrived, once more."""

    earlier: ClassVar[dict[str, list[str]]] = {}

    def append(self, line: str) -> None:
        super().append(line)
        if self._spooling:
            jot.put(jot.spool_of(self.folder) / self.file.name, line + " ")


def _lenient(self: ReferenceHarness, place: Place) -> list[ObservedRun]:
    """As one reads files in which a line may be torn."""
    runs = []
    for file in Path(self.config(place)["folder"]).glob("*.jsonl"):
        records = []
        for line in file.read_text().splitlines():
            with suppress(ValueError):
                records.append(json.loads(line))
        runs.append(observed(records, file))
    return runs


@breaks("F7", full_disk=True, read=_lenient)
class LeavesTornLines(jot.Run):
    """What is left of a record that found no room stays in the file, and the next record is written behind it."""

    def append(self, line: str) -> None:
        try:
            with open(self.file, "a", opener=jot.private) as opened:
                opened.write(line + "\n")
        except OSError:
            super().append(line)


@breaks("F7", full_disk=True)
class DropsWhatFindsNoRoom(jot.Run):
    """A full disk is taken for the end of the run: what finds no room is dropped, with a warning."""

    def append(self, line: str) -> None:
        try:
            jot.put(self.file, line)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                self.warn("a record is lost, since the disk is full")
            else:
                super().append(line)


@breaks("F8")
class ForgetsWhichStepARunIsOf(ReferenceTracker):
    """A run that a killed step left open can't be told from one that goes on."""

    def facts_of(self, info: StepRunInfo, settings: ReferenceSettings) -> dict[str, Any]:
        return {**super().facts_of(info, settings), "step_run": None}
