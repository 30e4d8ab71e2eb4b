"""Harnesses and trackers that are broken in a way of their own, over the reference tracker."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracker_contracts.engine import worker
from tracker_contracts.harness import Gap, Place, TrackerHarness
from tracker_contracts.observed import ObservedRun
from tracker_contracts.reference.mutants.harness import ReferenceHarness

READ_AT_IMPORT = os.environ.get("A_VARIABLE_OF_THE_BACKEND")
GAP = Gap(reason="It is known.", link="https://example.com/1")


class Plain(ReferenceHarness):
    """Nothing is broken."""

    name = "plain"


class HasNothingToTry(Plain):
    """It comes with a contract that has no trials, as one that is being written may be."""

    def start(self, folder: Path) -> None:
        """Leave the trials out, in this process."""
        worker.trials_of = lambda clause: ()


class HasNoNativeCalls(Plain):
    """Its library has no run of its own."""

    finish_natively = TrackerHarness.finish_natively
    start_natively = TrackerHarness.start_natively


class HasNoCaptions(Plain):
    """Its images have none."""

    log_captioned_image = TrackerHarness.log_captioned_image


class LateImport(Plain):
    """Its library is imported when something is read."""

    def read(self, place: Place) -> list[ObservedRun]:
        had = "wave" in sys.modules
        import wave

        return [ObservedRun(id=wave.__name__, name="there already" if had else "imported now")]


class Unreadable(Plain):
    def read(self, place: Place) -> list[ObservedRun]:
        raise LookupError("no such table")


class ReadsTheEnvironment(Plain):
    def environment(self, folder: Path) -> dict[str, str]:
        return {"A_VARIABLE_OF_THE_BACKEND": str(folder)}

    def start(self, folder: Path) -> None:
        assert str(folder) == READ_AT_IMPORT


class Talks(Plain):
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        os.write(1, b"not a message\n")
        sys.stdout.write("nor this\n")
        super().log_metrics(metrics, step)


class KnownGap(Plain):
    known_gaps = {"T1": GAP}


class Dies(Plain):
    def add_tags(self, tags: list[str]) -> None:
        if tags != ["smoke"]:
            os._exit(7)


class DiesAsKnown(Dies):
    known_gaps = {"L9": GAP}


class IsKilled(Plain):
    def add_tags(self, tags: list[str]) -> None:
        if tags != ["smoke"]:
            os.kill(os.getpid(), signal.SIGSEGV)


class Hangs(Plain):
    def add_tags(self, tags: list[str]) -> None:
        if tags != ["smoke"]:
            time.sleep(600)


class HangsAndTells(Hangs):
    def add_tags(self, tags: list[str]) -> None:
        if tags != ["smoke"]:
            Path(os.environ["TELL_THE_PID"]).write_text(str(os.getpid()))
        super().add_tags(tags)


class Abstract(ReferenceHarness):
    def __init__(self, folder: str) -> None:
        """Takes an argument, which nobody gives it."""


class NoHarness:
    pass


class Nameless(Plain):
    name = ""


class WithoutFlavor(Plain):
    flavor = "no_such_package.Flavor"


class UnknownFeature(Plain):
    features = frozenset({"artefacts"})


class UnknownClause(Plain):
    known_gaps = {"T9": GAP}


class UnknownField(Plain):
    secret_field = "password"


class WrongConfig(Plain):
    def config(self, place: Place) -> dict[str, Any]:
        return {"folder": None}


class ReadsNone(Plain):
    def read(self, place: Place) -> Any:
        return None


class ReadsDicts(Plain):
    def read(self, place: Place) -> Any:
        return [run.model_dump() for run in super().read(place)]


class CannotRead(Plain):
    def read(self, place: Place) -> list[ObservedRun]:
        raise OSError("the file is nowhere")


class CannotLog(Plain):
    def log_params(self, params: Mapping[str, Any]) -> None:
        self.no_such_attribute.log(params)  # type: ignore[attr-defined]


class WrongEnvironment(Plain):
    def environment(self, folder: Path) -> Any:
        return {"A_VARIABLE_OF_THE_BACKEND": folder}


class LateEnvironment(Plain):
    def environment(self, folder: Path) -> dict[str, str]:
        return {"PYTHONHASHSEED": "0"}


class CannotStart(Plain):
    def start(self, folder: Path) -> None:
        raise OSError("the port is taken")


class DiesAtStart(Plain):
    def start(self, folder: Path) -> None:
        os._exit(5)


class CannotStop(Plain):
    def stop(self) -> None:
        raise OSError("it goes on")


class NonFiniteIsNoSet(Plain):
    non_finite = True  # type: ignore[assignment]


class UnknownNonFinite(Plain):
    non_finite = frozenset({"infinity"})


class HangsInThreads(Plain):
    def start(self, folder: Path) -> None:
        from tracker_contracts.drivers import direct

        direct.PATIENCE = 1.0

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        if threading.current_thread() is not threading.main_thread():
            time.sleep(600)
        super().log_metrics(metrics, step)
