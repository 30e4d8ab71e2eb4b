"""The library's own calls, other threads, and what a step moves."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Altering, Dropping, Fields


class Natively(Dropping):
    """Counts native starts and finishes."""

    starts = finishes = 0

    def join(self) -> None:
        self.starts += 1

    def finish(self) -> None:
        self.finishes += 1
        super().finish()


@breaks("L6", "native=finish")
class LosesMetricsAfterANativeFinish(Natively):
    """What is logged after the step finished the run itself is lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "metrics" and self.finishes > 0


@breaks("L6", "native=start")
class CountsAgainFromANativeStart(jot.Run):
    """A native start makes the count of metric steps begin again."""

    def join(self) -> None:
        self.next_step = 0


@breaks("L6", "native=both")
class LosesARowOfARunThatIsStartedAgain(Natively):
    """After a native finish and a native start, the next row is lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        if kind == "metrics" and self.finishes and self.starts:
            self.starts = 0
            return True
        return False


@breaks("L6", "native=twice")
class LosesMetricsAfterASecondNativeFinish(Natively):
    """What is logged after the step finished the run itself for the second time is lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "metrics" and self.finishes > 1


@breaks("L6", "first=finish")
class LosesARunThatIsFinishedAtOnce(Natively):
    """If the step finishes the run itself before anything was logged, nothing of it is stored."""

    at_once = False

    def finish(self) -> None:
        self.at_once = self.at_once or self.next_step == 0
        super().finish()

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "metrics" and self.at_once


@breaks("L6", "first=start")
class SkipsTwoStepsForANativeStart(jot.Run):
    """A native start before anything was logged uses up two metric steps."""

    def join(self) -> None:
        self.next_step = self.next_step or 2


@breaks("L7", "thread=another")
class LosesMetricsOfOtherThreads(Dropping):
    """Metrics that are logged in a thread of the step's own are lost."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.thread = threading.get_ident()

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "metrics" and threading.get_ident() != self.thread


class Moved(Dropping):
    """Knows what the process was like when the run began."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.before = self.surroundings()

    def surroundings(self) -> dict[str, Any]:
        """What a step may move."""
        variables = {name: os.environ.get(name) for name in ("HOME", "LC_ALL", "TZ")}
        return {"folder": os.getcwd(), "zone": time.timezone, **variables}

    def moved(self, what: str) -> bool:
        """Whether it was."""
        return bool(self.before[what] != self.surroundings()[what])


@breaks("L14", "moves=folder")
class CountsAgainInAnotherFolder(Moved):
    """In another working directory the first row is stored at step 0 once more."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "metrics" and self.moved("folder"):
            fields["step"] = 0
        super().write(kind, **fields)


@breaks("L14", "moves=home")
class LosesMetricsWithoutItsHome(Moved):
    """With another HOME than at the beginning metrics are lost."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "metrics" and self.moved("HOME")


@breaks("L14", "moves=locale")
class CutsNumbersInAnotherLocale(Moved, Altering):
    """In another locale than at the beginning numbers lose what is behind the point."""

    def altered(self, values: Fields) -> Fields:
        return {name: int(value) for name, value in values.items()} if self.moved("LC_ALL") else values


@breaks("L14", "moves=timezone")
class DoesNotEndInAnotherTimeZone(Moved):
    """In another time zone than at the beginning the run is not ended."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "end" and self.moved("TZ")
