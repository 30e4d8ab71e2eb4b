"""What the values of metrics come to over a whole run, for those that are to be in its summary.

A journal alone tells it, so that whoever goes on with the work of a killed process finds the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from zenml_trackers.model.records import Aggregate, Definition

Number = bool | int | float
ANY = "*"
"""At the end of a name: all metrics that begin so are meant."""


class Series:
    """The values of one metric so far. NaN is a last value, and else counts for nothing."""

    __slots__ = ("_count", "_last", "_max", "_min", "_sum")

    def __init__(self) -> None:
        self._count = 0
        self._sum: Number = 0
        self._min: Number = math.nan
        self._max: Number = math.nan
        self._last: Number = math.nan

    def add(self, value: Number) -> None:
        """One more value."""
        self._last = value
        if value != value:
            return
        if not self._count or value < self._min:
            self._min = value
        if not self._count or value > self._max:
            self._max = value
        self._sum += value
        self._count += 1

    def total(self, kind: Aggregate) -> Number:
        """What they come to."""
        if kind == "mean":
            return self._sum / self._count if self._count else math.nan
        return {"min": self._min, "max": self._max, "last": self._last}[kind]


class Totals:
    """The values of all metrics so far, whichever process logged them, and what of them is wanted."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}
        self._wanted: dict[tuple[str, Aggregate], None] = {}

    def see(self, values: Mapping[str, Number] | Iterable[tuple[str, Number]]) -> None:
        """Values that were logged: at once, or one after the other."""
        for name, value in values.items() if isinstance(values, Mapping) else values:
            if (series := self._series.get(name)) is None:
                series = self._series[name] = Series()
            series.add(value)

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
