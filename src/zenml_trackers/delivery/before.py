"""What a run had before anything of the journal that is delivered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from zenml_trackers.model.stored import StoredRun


class Before(NamedTuple):
    """Nothing, unless the run is resumed."""

    points: int = 0
    """How many values of metrics."""
    last_step: int = -1
    """Their highest metric step."""
    last_system_step: int = -1
    """That of the machine's metrics."""
    summary: Mapping[str, bool | int | float | str] = {}

    @classmethod
    def of(cls, run: StoredRun | None) -> Before:
        """All that a stored run has."""
        if run is None:
            return cls()
        return cls(len(run.metrics), run.last_step, run.last_system_step, run.summary)

    @classmethod
    def in_any(cls, all_of_them: Iterable[Before]) -> Before:
        """What it had in any of several trackers."""
        given = [cls(), *all_of_them]
        return cls(
            points=max(each.points for each in given),
            last_step=max(each.last_step for each in given),
            last_system_step=max(each.last_system_step for each in given),
            summary=next((each.summary for each in given if each.summary), {}),
        )
