"""Names and numbers of metrics."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from typing import Any

from tracker_contracts.reference.mutants.changed import ChangedRecords
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Altering, Dropping, Fields


class _ChangedNumbers(ChangedRecords):
    kind = "metrics"


def _renamed(values: Fields, name: Callable[[str], str]) -> Fields:
    return {name(each): value for each, value in values.items()}


@breaks("M4", "metrics=reserved")
class TakesAMetricCalledStepForTheStep(Altering):
    """A metric that is called `step`, if it is an integer, says at which step its row is stored."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "metrics":
            step = fields["values"].get("step")
            fields["step"] = step if type(step) is int else fields["step"]
        super().write(kind, **fields)


@breaks("M3", "metrics=unicode")
class ComposesNamesOfMetrics(Altering):
    """Names that are composed of other characters but look alike are made the same."""

    def altered(self, values: Fields) -> Fields:
        return _renamed(values, lambda name: unicodedata.normalize("NFC", name))


@breaks("M3", "metrics=blanks")
class TrimsNamesOfMetrics(Altering):
    """Blanks around a metric's name are lost."""

    def altered(self, values: Fields) -> Fields:
        return _renamed(values, str.strip)


@breaks("M3", "metrics=prefixes")
class TrimsUnderscoresOfMetrics(Altering):
    """An underscore at the end of a metric's name is lost."""

    def altered(self, values: Fields) -> Fields:
        return _renamed(values, lambda name: name.rstrip("_"))


@breaks("M3", "metrics=punctuation")
class TakesColonsForDashes(Altering):
    """A colon in a metric's name becomes a dash."""

    def altered(self, values: Fields) -> Fields:
        return _renamed(values, lambda name: name.replace(":", "-"))


@breaks("M3", "metrics=case")
class LowersNamesInCapitals(Altering):
    """A metric's name in capitals is stored in small letters."""

    def altered(self, values: Fields) -> Fields:
        return _renamed(values, lambda name: name.lower() if name.isupper() else name)


@breaks("M3", "metrics=many")
class TakesSixteenMetricsARow(Altering):
    """The seventeenth metric of a row is lost, and all behind it."""

    def altered(self, values: Fields) -> Fields:
        return dict(list(values.items())[:16])


@breaks("M3", "numbers=extremes")
class TakesSmallNumbersForZero(_ChangedNumbers):
    """What is less than a millionth is stored as zero."""

    def change(self, value: Any) -> Any:
        return 0.0 if 0 < abs(value) < 1e-6 else value


@breaks("M3", "numbers=zeros")
class DropsMinusZero(Altering):
    """Minus zero is taken for no value."""

    def altered(self, values: Fields) -> Fields:
        return {name: value for name, value in values.items() if value != 0 or math.copysign(1, value) > 0}


@breaks("M3", "numbers=large")
class WrapsIntegersAt32Bits(_ChangedNumbers):
    """Integers that are too large for 32 bits begin again below."""

    def change(self, value: Any) -> Any:
        return (value + 2**31) % 2**32 - 2**31 if type(value) is int else value


@breaks("M3", "numbers=not-finite")
class DropsRowsWithNan(Dropping):
    """A row in which one value is NaN is left out."""

    def drops(self, kind: str, fields: Fields) -> bool:
        return kind == "metrics" and any(value != value for value in fields["values"].values())


@breaks("M3", "numbers=booleans")
class TakesTruthForNoNumber(Altering):
    """True and False are left out in silence."""

    def altered(self, values: Fields) -> Fields:
        return {name: value for name, value in values.items() if not isinstance(value, bool)}


@breaks("M3", "numbers=equal")
class DropsWhatDidNotChange(Altering):
    """A value that equals the last one of its metric is left out."""

    def altered(self, values: Fields) -> Fields:
        last = self.__dict__.setdefault("last", {})
        new = {name: value for name, value in values.items() if last.get(name) != value}
        last.update(new)
        return new


@breaks("M3", "numbers=falling")
class StoresTheHighestSoFar(Altering):
    """In place of a value that is lower than one before, that one is stored."""

    def altered(self, values: Fields) -> Fields:
        best = self.__dict__.setdefault("best", {})
        best.update({name: max(value, best.get(name, value)) for name, value in values.items()})
        return {name: best[name] for name in values}
