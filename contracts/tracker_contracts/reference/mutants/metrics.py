"""Trackers that break M3 to M5."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.changed import ChangedRecords
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.values import Unstorable


class _ChangedMetrics(ChangedRecords):
    kind = "metrics"


@breaks("M3", at="numbers=falling")
class RoundsToSevenPlaces(_ChangedMetrics):
    """Values are rounded at 1e-7."""

    def change(self, value: Any) -> Any:
        return round(value, 7) if isinstance(value, float) and value - value == 0 else value


@breaks("M3", at="numbers=falling")
class StoresSinglePrecision(_ChangedMetrics):
    """Values are stored as 32 bits, but 64 are declared."""

    def change(self, value: Any) -> Any:
        try:
            return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float) else value
        except OverflowError:
            return value


@breaks("M3", at="numbers=falling")
class PrintsFifteenDigits(_ChangedMetrics):
    """Values lose the last of their seventeen digits."""

    def change(self, value: Any) -> Any:
        return float(f"{value:.15g}") if isinstance(value, float) else value


@breaks("M3", at="numbers=zeros")
class LosesTheSignOfZero(_ChangedMetrics):
    """Minus zero becomes zero."""

    def change(self, value: Any) -> Any:
        return 0.0 if value == 0.0 and isinstance(value, float) else value


@breaks("M3", at="numbers=not-finite")
class TakesNanForZero(_ChangedMetrics):
    """NaN is stored as 0."""

    def change(self, value: Any) -> Any:
        return 0.0 if value != value else value


@breaks("M3", at="numbers=not-finite")
class CutsInfinity(_ChangedMetrics):
    """The infinities are stored as the largest float."""

    def change(self, value: Any) -> Any:
        return max(min(value, 1.7976931348623157e308), -1.7976931348623157e308) if isinstance(value, float) else value


@breaks("M3", at="rows=128 numbers=extremes", signed_zero=False)
class TakesTinyNumbersForZero(_ChangedMetrics):
    """It is declared that zero has no sign, but numbers that are next to zero become zero too."""

    def change(self, value: Any) -> Any:
        return 0.0 if isinstance(value, float) and abs(value) < 1e-300 else value


@breaks("M3", at="at=equal")
class KeepsOneValueForAStep(jot.Run):
    """A second value of a metric at the same step is dropped."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "metrics":
            seen = self.__dict__.setdefault("seen", set())
            new = {name: value for name, value in fields["values"].items() if (name, fields["step"]) not in seen}
            seen.update((name, fields["step"]) for name in new)
            fields["values"] = new
        super().write(kind, **fields)


@breaks("M3", at="at=falling")
class SortsMetricsBySteps(jot.Run):
    """Values come back by step, not in the order in which they were logged."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        lines = self.file.read_text().splitlines()
        rows = sorted((line for line in lines if '"step": ' in line and '"values"' in line), key=_step_of)
        others = [line for line in lines if line not in rows]
        self.file.write_text("\n".join([*others[:-1], *rows, others[-1], ""]))


def _step_of(line: str) -> int:
    step: int = json.loads(line)["step"]
    return step


@breaks("M3", at="metrics=punctuation")
class TakesSlashesForGroups(jot.Run):
    """A slash in a metric's name becomes a dot."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log({name.replace("/", "."): value for name, value in metrics.items()}, step)


@breaks("M4", at="at=far")
class CountsCallsInsteadOfSteps(jot.Run):
    """A step that isn't given is the number of calls before, whatever steps they were given."""

    calls = 0

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log(metrics, self.calls if step is None else step)
        self.calls += 1


@breaks("M4", at="at=far")
class StaysAtAGivenStep(jot.Run):
    """A step that isn't given is the one that was given last, not the next."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log(metrics, step)
        self.next_step -= step is not None


@breaks("M4", at="at=far")
class ForgetsGivenSteps(jot.Run):
    """A step that is given doesn't move the count."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        before = self.next_step
        super().log(metrics, step)
        self.next_step = before if step is not None else self.next_step


@breaks("M4", at="at=rising")
class TakesStepZeroForNoStep(jot.Run):
    """Step 0, when it is given, is taken for none."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log(metrics, step or None)


@breaks("M5", at="odd=metrics")
class OneBadValueDropsTheRow(jot.Run):
    """Nothing of a payload is stored if one value can't be."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        if all(isinstance(value, (int, float)) for value in metrics.values()):
            super().log(metrics, step)
        else:
            self.warn(f"one of {list(metrics)} is no number")


@breaks("M5", at="odd=metrics")
class DropsBadValuesInSilence(jot.Run):
    """Nobody is told what could not be stored."""

    def refuse(self, errors: Sequence[Unstorable]) -> None:
        pass


@breaks("M5", at="odd=metrics")
class DoesNotNameTheBadKey(jot.Run):
    """The warning says that something is lost, but not what."""

    def refuse(self, errors: Sequence[Unstorable]) -> None:
        if errors:
            self.warn("something could not be stored")


@breaks("M5", at="odd=metrics")
class BadValueFailsTheStep(jot.Run):
    """A value that can't be stored is an error, in a tracker that isn't strict."""

    def refuse(self, errors: Sequence[Unstorable]) -> None:
        for error in errors:
            raise error
