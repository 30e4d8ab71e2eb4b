"""The library's own calls, other threads and what a step moves, where something else meets them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Altering, Fields
from tracker_contracts.reference.mutants.values.native import Moved, Natively


@breaks("L6", "native=start", "ending=error")
class TakesANativeStartForAGoodEnd(Natively):
    """A run that the step started itself ends as finished, even if the step fails."""

    def end(self, state: str, **error: str) -> None:
        super().end("finished" if self.starts else state, **error)


@breaks("L6", "native=finish", "last=params")
class LosesParamsAfterANativeFinish(Natively):
    """Params that are logged after the step finished the run itself are lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "params" and self.finishes > 0


@breaks("L6", "native=finish", "artifact=file")
class LosesArtifactsAfterANativeFinish(Natively):
    """Artifacts that are logged after the step finished the run itself are lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "artifact" and self.finishes > 0


@breaks("L6", "native=both", "at=gaps")
class IgnoresGivenStepsInARunThatIsStartedAgain(Natively):
    """After a native finish and a native start, a given step is taken for the next one."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log(metrics, None if self.starts and self.finishes else step)


@breaks("L6", "first=finish", "ending=exit-0")
class TakesAnExitFromAFinishedRunForSuccess(Natively):
    """If the step finished the run itself before it logged anything, an exit ends the run as finished."""

    at_once = False

    def finish(self) -> None:
        self.at_once = self.at_once or self.next_step == 0
        super().finish()

    def end(self, state: str, **error: str) -> None:
        exits = self.at_once and error.get("error_type") == "SystemExit"
        super().end("finished" if exits else state, **error)


class _InThreads(jot.Run):
    """Knows the thread that it was made in, and whether the step logged in another."""

    elsewhere = False

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.thread = threading.get_ident()

    @property
    def away(self) -> bool:
        """Whether this is another thread."""
        return threading.get_ident() != self.thread

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        self.elsewhere = self.elsewhere or self.away
        super().log(metrics, step)


@breaks("L7", "thread=another", "ending=error")
class CannotTellErrorsOfOtherThreads(_InThreads):
    """If the step logs in a thread of its own, the exception that it ends with is not stored."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **({} if self.elsewhere else error))


@breaks("L7", "thread=another", "late-tags=one")
class LosesTagsOfOtherThreads(_InThreads):
    """Tags that are added in a thread of the step's own are lost."""

    def add_tags(self, tags: Iterable[str]) -> None:
        super().add_tags(() if self.away else tags)


@breaks("L7", "thread=another", "params=plain")
class LosesParamsOfOtherThreads(_InThreads):
    """Params that are logged in a thread of the step's own are lost."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        super().log_params({} if self.away else params)


@breaks("L14", "moves=folder", "artifact=file")
class LosesArtifactsInAnotherFolder(Moved):
    """In another working directory than at the beginning artifacts are lost."""

    def log_artifact(self, path: Path, name: str) -> None:
        if not self.moved("folder"):
            super().log_artifact(path, name)


@breaks("L14", "moves=locale", "metrics=unicode")
class NamesMetricsInAsciiInAnotherLocale(Moved, Altering):
    """In another locale than at the beginning, characters of metrics' names beyond ASCII become question marks."""

    def altered(self, values: Fields) -> Fields:
        moved = self.moved("LC_ALL")
        return {name.encode("ascii", "replace").decode() if moved else name: each for name, each in values.items()}


@breaks("L14", "moves=home", "late-tags=one")
class LosesTagsWithoutItsHome(Moved):
    """With another HOME than at the beginning tags are lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "tags" and self.moved("HOME")


@breaks("L14", "moves=timezone", "ending=error")
class LosesTheErrorInAnotherTimeZone(Moved):
    """In another time zone than at the beginning the exception that the step ends with is not stored."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **({} if self.moved("TZ") else error))
