"""What the values of metrics come to over a whole run, for those that are to be in its summary.

A journal alone tells it, so that whoever goes on with the work of a killed process finds the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from zenml_trackers.model.records import Aggregate, Definition

Number = bool | int | float
ANY = "*"
"""At the end of a name: all metrics that begin so are meant."""


class Series:
    """The values of one metric so far. NaN is a last value, and else counts for nothing."""

    __slots__ = ("count", "last", "max", "min", "sum")

    def __init__(self) -> None:
        self.count = 0
        self.sum: Number = 0
        self.min: Number = math.inf
        self.max: Number = -math.inf
        self.last: Number = math.nan

    def total(self, kind: Aggregate) -> Number:
        """What they come to."""
        if kind != "last" and not self.count:
            return math.nan
        if kind == "mean":
            return self.sum / self.count
        return {"min": self.min, "max": self.max, "last": self.last}[kind]


class Totals:
    """The values of all metrics so far, whichever process logged them, and what of them is wanted."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}
        self._wanted: dict[tuple[str, Aggregate], None] = {}

    def see(self, values: Mapping[str, Number]) -> None:
        """Values that were logged at once."""
        for name, value in values.items():
            if (series := self._series.get(name)) is None:
                series = self._series[name] = Series()
            series.last = value
            if value == value:
                series.count += 1
                series.sum += value
                if value < series.min:
                    series.min = value
                if value > series.max:
                    series.max = value

    def define(self, definition: Definition) -> None:
        """Have it in the summary, of values that were logged before too."""
        self._wanted[definition.name, definition.summary] = None

    def summary(self) -> dict[str, Number]:
        """What is wanted, as far as there is any value."""
        return {
            f"{name}.{kind}": self._series[name].total(kind)
            for wanted, kind in self._wanted
            for name in self._meant(wanted)
        }

    def _meant(self, wanted: str) -> Iterator[str]:
        if wanted.endswith(ANY):
            yield from (name for name in self._series if name.startswith(wanted.removesuffix(ANY)))
        elif wanted in self._series:
            yield wanted
