"""Metric steps that are given, and the first record of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Altering, Fields, Told


@breaks("M4", "at=rising")
class CountsTheNextStepTwice(jot.Run):
    """A given step that would be the next one anyway is moved on by one."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log(metrics, step + 1 if step is not None and step == self.next_step else step)


@breaks("M4", "at=falling")
class MovesOnFromStepsThatFall(jot.Run):
    """A row at a given step that lies before the last one's is stored at the next step instead."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log(metrics, None if step is not None and step < self.next_step - 1 else step)


@breaks("M3", "at=falling")
class DropsStepsThatFall(jot.Run):
    """A row at a given step that lies before the last one's is left out."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        if step is None or step >= self.next_step - 1:
            super().log(metrics, step)


@breaks("M4", "at=equal")
class MovesOnFromAnEqualStep(jot.Run):
    """A step that is given again is moved on by one."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        given = self.__dict__.setdefault("given", set())
        again = step is not None and step in given
        given.add(step)
        super().log(metrics, step + 1 if again and step is not None else step)


@breaks("M4", "at=gaps")
class ClosesGapsOfSteps(jot.Run):
    """A given step that leaves some out is taken for the next one."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        gap = step is not None and self.next_step < step < 1000
        super().log(metrics, self.next_step if gap else step)


@breaks("M4", "at=far")
class WrapsStepsAt32Bits(jot.Run):
    """A step that is too large for 32 bits begins again below zero."""

    def write(self, kind: str, **fields: Any) -> None:
        if kind == "metrics":
            fields["step"] = (fields["step"] + 2**31) % 2**32 - 2**31
        super().write(kind, **fields)


@breaks("M4", "at=mixed")
class BeginsAgainAfterTheSecondGivenStep(jot.Run):
    """The second time that no step is given after one was, the count begins again."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        given = self.__dict__.setdefault("given", [False])
        given.append(step is not None)
        if given[-2:] == [True, False] and given[:-2].count(True) and False in given[given.index(True) : -1]:
            self.next_step = 0
        super().log(metrics, step)


@breaks("M2", "first=params")
class LosesParamsBeforeTheFirstRecord(Told):
    """Params that come before anything else is logged are lost."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        super().log_params(params if self._written > 2 else {})


@breaks("M3", "first=nothing")
class TakesTheTypeOfTheFirstValue(Altering):
    """If the first value of a run is an integer, all others are stored as integers."""

    kind = "metrics"

    def altered(self, values: Fields) -> Fields:
        first = self.__dict__.setdefault("first", next(iter(values.values()), 0.5))
        return {name: _whole(value) if type(first) is int else value for name, value in values.items()}


def _whole(value: Any) -> Any:
    return int(value) if value - value == 0 else value
