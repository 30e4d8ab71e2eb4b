"""How hard the contract tries."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tracker_contracts.clauses import Driver


class Profile(BaseModel):
    """Examples that each trial is given, by driver."""

    model_config = ConfigDict(frozen=True)

    name: str
    direct: int
    pipeline: int
    process: int
    shrink: bool = True
    """Whether the first counterexample is made as small as can be."""

    def examples(self, driver: Driver) -> int:
        """How many examples a trial is given under a driver; with none it is not tried."""
        number: int = getattr(self, driver.value)
        return number


QUICK = Profile(name="quick", direct=4, pipeline=1, process=0)
DEFAULT = Profile(name="default", direct=15, pipeline=2, process=1)
THOROUGH = Profile(name="thorough", direct=300, pipeline=20, process=3)
MATRIX = Profile(name="matrix", direct=4, pipeline=1, process=1)
"""For many releases, one after the other: all drivers take part, each as little as can be."""

PROFILES = {profile.name: profile for profile in (QUICK, DEFAULT, THOROUGH, MATRIX)}
