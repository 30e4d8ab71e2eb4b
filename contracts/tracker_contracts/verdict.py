"""What became of a clause."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict

from tracker_contracts.clauses import Driver, Level


class Verdict(str, Enum):
    """What a trial, or all trials of a clause, showed."""

    KEPT = "kept"
    BROKEN = "broken"
    GAP = "known gap"
    """Broken, as the harness says it is."""
    KEPT_AFTER_ALL = "kept, against the known gap"
    """The harness declares a gap that is none: take the declaration away."""
    UNDECLARED = "not declared"
    """The clause's feature is not declared, and nothing claims it."""
    NOT_OFFERED = "not offered"
    """The flavor has no such setting."""
    MISSING = "no verdict"
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
    """The first counterexample, told; or why there is no verdict."""
    replay: str = ""
    """The command that shows a counterexample again."""
