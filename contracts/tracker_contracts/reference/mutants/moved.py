"""Trackers that break L14."""

from __future__ import annotations

import os
import time
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.mutant import breaks


@breaks("L14", at="late-tags=one moves=folder")
class LosesWhatIsLoggedElsewhere(jot.Run):
    """After the step has changed its working directory, nothing that it logs is stored."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._at = os.getcwd()

    def write(self, kind: str, **fields: Any) -> None:
        if kind in ("start", "end") or os.getcwd() == self._at:
            super().write(kind, **fields)


@breaks("L14", at="params=hostile moves=home")
class ForgetsTheRunWithoutItsHome(jot.Run):
    """Where HOME is another one than at the beginning, params are not stored."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._home = os.environ.get("HOME")

    def log_params(self, params: Any) -> None:
        if os.environ.get("HOME") == self._home:
            super().log_params(params)


@breaks("L14", at="moves=timezone")
class CountsStepsByTheLocalTime(jot.Run):
    """A change of the time zone makes the next metric step another one."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._zone = time.timezone

    def log(self, metrics: Any, step: int | None = None) -> None:
        if time.timezone != self._zone:
            self.next_step += 100
            self._zone = time.timezone
        super().log(metrics, step)
