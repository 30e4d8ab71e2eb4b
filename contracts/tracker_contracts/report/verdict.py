"""What became of a clause."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from pydantic import BaseModel, ConfigDict

from tracker_contracts.clauses import Driver, Level


class Verdict(str, Enum):
    """What a trial, or all trials of a clause, showed."""

    KEPT = "kept"
    BROKEN = "broken"
    GAP = "known gap"
    """Broken, as the harness says it is."""
    HIDDEN = "hidden"
    """Not as promised in some programs, for which another clause is to blame: whether it is kept shows when that is."""
    KEPT_AFTER_ALL = "kept, against the known gap"
    """The harness declares a gap that is none: take the declaration away."""
    UNDECLARED = "not declared"
    """The clause's feature is not declared, and nothing claims it."""
    NOT_OFFERED = "not offered"
    """The flavor has no such setting."""
    MISSING = "not tried"
    """Nothing was compared: skipped, deselected, overridden or hollow."""
    NOT_TRIED = "not in this profile"
    """The profile gives the clause's only driver no example."""


class Finding(BaseModel):
    """What one trial under one driver showed."""

    model_config = ConfigDict(frozen=True)

    clause: str
    level: Level
    driver: Driver
    trial: str
    verdict: Verdict
    examples: int = 0
    comparisons: int = 0
    seconds: float = 0.0
    story: str = ""
    """The first counterexample, told; or why there is no verdict, or why there were fewer examples than wanted."""
    advice: str = ""
    """What a failure means, and how it is mended."""
    replay: str = ""
    """The command that shows a counterexample again."""
    program: str = ""
    """The smallest program that shows it; empty if it was found by a trial."""
    shown: int = 0
    """In how many of the programs it was seen."""
    beside: list[str] = []
    """What else is broken in the same step of that program: clause and topic."""
    follows_from: list[str] = []
    """The clauses whose findings explain it, or are to blame in its place: mending those mends it too."""


RANKS = (
    Verdict.BROKEN,
    Verdict.MISSING,
    Verdict.GAP,
    Verdict.HIDDEN,
    Verdict.KEPT_AFTER_ALL,
    Verdict.KEPT,
    Verdict.NOT_TRIED,
    Verdict.NOT_OFFERED,
    Verdict.UNDECLARED,
)
"""From the worst on. A gap comes before what disproves it: one trial that shows the gap is enough."""


def worst(verdicts: Collection[Verdict]) -> Verdict:
    """What several trials of one clause come to; there must be one at least."""
    found = min(verdicts, key=RANKS.index)
    disproved = found is Verdict.KEPT_AFTER_ALL
    # the gap may show under the driver that this profile leaves out
    return Verdict.NOT_TRIED if disproved and Verdict.NOT_TRIED in verdicts else found


def fails(level: Level, verdict: Verdict) -> bool:
    """Whether a tracker with such a clause does not conform."""
    if level is Level.PROVISIONAL:
        return False
    unforgiven = verdict is Verdict.GAP and level is Level.CORE
    return unforgiven or verdict in (Verdict.BROKEN, Verdict.KEPT_AFTER_ALL)
