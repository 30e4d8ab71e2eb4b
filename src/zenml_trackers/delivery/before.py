"""What a run had before anything of the journal that is delivered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from zenml_trackers.model.records import StoredRun


class Before(NamedTuple):
    """Nothing, unless the run is resumed."""

    points: int = 0
    """How many values of metrics."""
    last_step: int = -1
    """Their highest metric step."""
    summary: Mapping[str, bool | int | float | str] = {}

    @classmethod
    def of(cls, run: StoredRun | None) -> Before:
        """All that a stored run has."""
        return cls(len(run.metrics), run.last_step, run.summary) if run is not None else cls()
