"""What is no value at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.mutant import breaks
from tracker_contracts.reference.values import Unstorable, number, plain, split


@breaks("M5", "odd=metric")
class StopsAtABadMetric(jot.Run):
    """What stands behind a bad value in its row is lost."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        _, refused = split(metrics, number)
        stops = [name for name in metrics if refused and str(refused[0]).startswith(repr(name))]
        until = list(metrics).index(stops[0]) + 1 if stops else len(metrics)
        super().log(dict(list(metrics.items())[:until]), step)


@breaks("M5", "odd=metrics")
class NamesTheFirstOfBadMetrics(jot.Run):
    """Of several bad values in a row the first is named."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        _, refused = split(metrics, number)
        silent = {str(error).partition("'")[2].partition("'")[0] for error in refused[1:]}
        super().log({name: value for name, value in metrics.items() if name not in silent}, step)


@breaks("M5", "odd=alone")
class SaysNothingOfARowOfBadMetrics(jot.Run):
    """A row of nothing but bad values is left out in silence."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        if split(metrics, number)[0]:
            super().log(metrics, step)


@breaks("M5", "odd=param")
class StopsAtABadParam(jot.Run):
    """What stands behind a bad param in its call is lost."""

    def log_params(self, params: Mapping[str, Any]) -> None:
        good, refused = split(params, plain)
        bad = [index for index, name in enumerate(params) if name not in good]
        kept = list(params.items())[: bad[0] + 1] if len(refused) == 1 else params
        super().log_params(dict(kept))


@breaks("M5", "odd=params")
class NamesTheLastOfBadParams(jot.Run):
    """Of several bad params in a call the last is named."""

    quiet = False

    def log_params(self, params: Mapping[str, Any]) -> None:
        self.quiet = True
        super().log_params(params)
        self.quiet = False

    def refuse(self, errors: Sequence[Unstorable]) -> None:
        super().refuse(errors[-1:] if self.quiet else errors)
