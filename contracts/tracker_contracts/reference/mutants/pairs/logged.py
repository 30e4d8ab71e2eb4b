"""What is logged, where something else meets it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.mutants.runs import Altering, Fields, Holding, Told
from tracker_contracts.reference.mutants.values.last import Waiting
from tracker_contracts.reference.values import Unstorable


@breaks("M3", "rows=100", "numbers=equal")
class KeepsSixtyFourEqualValues(Altering):
    """Of equal values that follow each other, those behind the 64th are left out."""

    def altered(self, values: Fields) -> Fields:
        for name, value in values.items():
            last, count = self.__dict__.setdefault("last", {}).get(name, (None, 0))
            self.__dict__["last"][name] = (value, count + 1 if value == last else 1)
        return {name: value for name, value in values.items() if self.__dict__["last"][name][1] <= 64}


@breaks("M3", "at=equal", "metrics=case")
class TakesNamesThatDifferInCaseForOneAtAStep(Altering):
    """Of names that differ in case alone, one is stored for a step that was given."""

    given = False

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        self.given = step is not None
        super().log(metrics, step)

    def altered(self, values: Fields) -> Fields:
        kept = {name.casefold(): name for name in reversed(values)}
        return {name: value for name, value in values.items() if not self.given or name in kept.values()}


@breaks("M3", "numbers=not-finite", "at=rising")
class LosesNanAtGivenSteps(jot.Run):
    """A NaN for which a step was given is left out."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        super().log({name: each for name, each in metrics.items() if step is None or each == each}, step)


@breaks("M3", "metrics=many", "numbers=booleans")
class LosesTruthInWideRows(Altering):
    """In a row of more than sixteen metrics True and False are left out."""

    def altered(self, values: Fields) -> Fields:
        return {name: each for name, each in values.items() if len(values) <= 16 or not isinstance(each, bool)}


@breaks("M5", "odd=metric", "ending=error")
class WarnsOfBadValuesAtAGoodEnd(jot.Run):
    """What could not be stored is told when the run ends, but not if the step fails."""

    def refuse(self, errors: Sequence[Unstorable]) -> None:
        self.__dict__.setdefault("refused", []).extend(errors)

    def end(self, state: str, **error: str) -> None:
        super().refuse(self.__dict__.get("refused", []) if state == "finished" else [])
        super().end(state, **error)


@breaks("M5", "odd=param", "params=plain")
class WarnsOfTheFirstParamsAlone(Told):
    """Once params were stored, those that can't be are left out in silence."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        quiet, self.__dict__["quiet"] = self.__dict__.get("quiet", False), True
        if not quiet:
            super().log_params(params)
            return
        level = logging.getLogger("jot").level
        logging.getLogger("jot").setLevel(logging.CRITICAL)
        super().log_params(params)
        logging.getLogger("jot").setLevel(level)


@breaks("M3", "first=nothing", "rows=0")
class TakesASingleRowForNone(Holding):
    """A run with a single row is taken for one without."""

    def sent(self, rows: list[Fields]) -> list[Fields]:
        return rows if len(rows) > 1 else []


@breaks("M2", "first=params", "params=plain")
class TakesParamsOnce(Told):
    """Params of a second call are lost."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        again, self.__dict__["again"] = self.__dict__.get("again", False), True
        super().log_params({} if again else params)


class _LostByFailure(Waiting):
    """What waits is stored if the step goes well."""

    def end(self, state: str, **error: str) -> None:
        if state == "finished":
            for fields in self.__dict__.pop("waiting", []):
                jot.Run.write(self, self.kind, **fields)
        super().end(state, **error)


@breaks("M2", "last=params", "ending=error")
class LosesTheLastParamsOfAFailedStep(_LostByFailure):
    """Params after which no metrics are logged are lost if the step fails."""

    kind = "params"


@breaks("T4", "last=tags", "ending=error")
class LosesTheLastTagsOfAFailedStep(_LostByFailure):
    """Tags after which no metrics are logged are lost if the step fails."""

    kind = "tags"


@breaks("M8", "last=artifact", "ending=error")
class LosesTheLastArtifactOfAFailedStep(_LostByFailure):
    """An artifact after which no metrics are logged is lost if the step fails."""

    kind = "artifact"


@breaks("L4", "last=nothing", "ending=error")
class LosesTheLastOfEqualRowsOfAFailedStep(Holding):
    """If the step fails, the last row is lost that has the same names as the one before it."""

    failed = False

    def end(self, state: str, **error: str) -> None:
        self.failed = state == "failed"
        super().end(state, **error)

    def sent(self, rows: list[Fields]) -> list[Fields]:
        alike = self.failed and len(rows) > 1 and list(rows[-1]["values"]) == list(rows[-2]["values"])
        return rows[:-1] if alike else rows


@breaks("L1", "moment=half-way", "ending=error")
class DeletesRunsThatFailEarly(Told):
    """The run of a step that fails after one row or two is deleted."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **error)
        if state == "failed" and 0 < self.next_step < 3:
            self.file.unlink()


@breaks("F2", "moment=at-once", "ending=error")
class DescribesFailuresWithMetricsAlone(jot.Run):
    """The exception is not stored if the step fails before it logged a metric."""

    def end(self, state: str, **error: str) -> None:
        super().end(state, **(error if self.next_step else {}))
