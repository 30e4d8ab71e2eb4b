"""Trackers that break M3 with what is no finite number, or do otherwise than they declare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite, isinf
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.mutant import breaks


class _OnlyFinite(jot.Run):
    """Values that are no finite number are not stored."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        finite = {name: value for name, value in metrics.items() if not isinstance(value, float) or isfinite(value)}
        self.tell([name for name in metrics if name not in finite])
        super().log(finite, step)

    def tell(self, left_out: Sequence[str]) -> None:
        """Say what is not stored."""
        for name in left_out:
            self.warn(f"{name} is no finite number; the rest is stored")


@breaks("M3", at="numbers=not-finite")
class RefusesWhatItDeclaresToStore(_OnlyFinite):
    """NaN and the infinities are declared to be stored, and refused."""


@breaks("M3", at="numbers=not-finite", non_finite=frozenset[str]())
class DropsWhatIsNotFiniteInSilence(_OnlyFinite):
    """It is declared that NaN and the infinities are not stored, but nobody is told when they are dropped."""

    def tell(self, left_out: Sequence[str]) -> None:
        pass


@breaks("M3", at="numbers=not-finite", non_finite=frozenset({"nan"}))
class RefusesThePayloadWithAnInfinity(jot.Run):
    """It is declared that infinities are not stored, but all that was logged with one is refused too."""

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        endless = [name for name, value in metrics.items() if isinstance(value, float) and isinf(value)]
        if endless:
            self.warn(f"{', '.join(endless)} is infinite")
        else:
            super().log(metrics, step)
