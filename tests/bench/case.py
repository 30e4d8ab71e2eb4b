"""What is measured: two ways to do one thing, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Side:
    """One way to do it: a function of `tests.bench.sides`, by its name."""

    does: str
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """What is compared, and how often."""

    name: str
    ours: Side
    rival: Side
    against: str
    """The rival, in words."""
    target: float
    """The ratio, ours to the rival's, that is wanted at most."""
    times: int = 5
    """How often each process does it, after once that does not count."""
    pairs: int = 7
    """How many processes of each side there are, by turns."""
    quick: bool = False
    """Whether it is among those that take minutes in all."""


@dataclass(frozen=True)
class Sample:
    """One process's measure: the medians of what it did."""

    seconds: float
    cpu: float
    """Seconds of processor time, of child processes too."""
    memory: int
    """KiB that the process grew by."""


@dataclass(frozen=True)
class Pair:
    """Both sides, one right after the other."""

    ours: Sample
    rival: Sample


@dataclass(frozen=True)
class Result:
    """A case's pairs."""

    case: Case
    pairs: list[Pair]

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios."""
        return median(self.ratios)

    @property
    def ratios(self) -> list[float]:
        return [pair.ours.seconds / pair.rival.seconds for pair in self.pairs]

    @property
    def quartiles(self) -> tuple[float, float]:
        """Between which half of the ratios are."""
        if len(self.ratios) < 2:
            return self.ratio, self.ratio
        low, _, high = quantiles(self.ratios, n=4, method="inclusive")
        return low, high

    @property
    def cpu(self) -> float:
        """The median ratio of processor time."""
        return median(pair.ours.cpu / max(pair.rival.cpu, 1e-6) for pair in self.pairs)

    @property
    def is_met(self) -> bool:
        return self.ratio <= self.case.target

    @property
    def seconds(self) -> tuple[float, float]:
        """What ours and the rival's take, by the median."""
        return median(pair.ours.seconds for pair in self.pairs), median(pair.rival.seconds for pair in self.pairs)
