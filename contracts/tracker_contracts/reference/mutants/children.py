"""Trackers that break L13."""

from __future__ import annotations

import os
import time
from typing import Any

from tracker_contracts.reference import jot
from tracker_contracts.reference.mutants.mutant import breaks


class _KnowsItsProcess(jot.Run):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.home = os.getpid()


@breaks("L13")
class ForgetsWhatAChildLogs(_KnowsItsProcess):
    """What a forked process logs goes into its own memory, and ends with it."""

    def write(self, kind: str, **fields: Any) -> None:
        if os.getpid() == self.home:
            super().write(kind, **fields)


@breaks("L13")
class HangsInAChild(_KnowsItsProcess):
    """A forked process waits for a thread that it does not have."""

    def write(self, kind: str, **fields: Any) -> None:
        while os.getpid() != self.home:
            time.sleep(1)
        super().write(kind, **fields)
