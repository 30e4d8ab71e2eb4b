"""How hard the contract tries."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tracker_contracts.clauses import Driver


class Profile(BaseModel):
    """Examples that each trial is given, by driver."""

    model_config = ConfigDict(frozen=True)

    name: str
    direct: int
    pipeline: int
    process: int
    combined: dict[Driver, int] = Field(default_factory=dict)
    """How many values of a program's are combined, by driver: with 2 every pair occurs, with 1 each value."""
    triples: bool = False
    """Whether programs have every triple of values of those dimensions that interact."""
    random: int = 0
    """Programs of several steps that are made by chance."""
    budget: float = 90.0
    """Seconds after which no further program begins; what is left out is told."""
    slow: bool = True
    """Whether slower drivers try a clause too that direct programs show already."""
    shrink: bool = True
    """Whether the first counterexample is made as small as can be."""

    def examples(self, driver: Driver) -> int:
        """How many examples a trial is given under a driver; with none it is not tried."""
        number: int = getattr(self, driver.value)
        return number


_PAIRS = {Driver.DIRECT: 2, Driver.PIPELINE: 1}
_ALL = {**_PAIRS, Driver.PROCESS: 1}

QUICK = Profile(name="quick", direct=4, pipeline=1, process=0, combined=_PAIRS)
DEFAULT = Profile(name="default", direct=15, pipeline=2, process=1, combined=_ALL, triples=True, random=40, budget=240)
THOROUGH = Profile(
    name="thorough",
    direct=300,
    pipeline=20,
    process=3,
    combined={**_ALL, Driver.PIPELINE: 2},
    triples=True,
    random=400,
    budget=3 * 3600,
)
MATRIX = Profile(
    name="matrix",
    direct=4,
    pipeline=1,
    process=1,
    combined={Driver.DIRECT: 1, Driver.PIPELINE: 1},
    budget=180,
)
"""For many releases, one after the other: all drivers take part, each as little as can be."""
LIGHT = MATRIX.model_copy(update={"name": "light", "combined": {Driver.DIRECT: 1}, "slow": False})
"""For a further backend on releases that another is tried on with `matrix`: the fastest driver of each clause."""

PROFILES = {profile.name: profile for profile in (QUICK, DEFAULT, THOROUGH, MATRIX, LIGHT)}
