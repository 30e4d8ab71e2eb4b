"""What the process that tries a tracker tells the one that asked for it, one JSON line each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tracker_contracts.clauses import Driver
from tracker_contracts.harness import Gap
from tracker_contracts.profiles import Profile
from tracker_contracts.report import Versions
from tracker_contracts.verdict import Finding


class Message(BaseModel):
    """The base of all that is said."""

    model_config = ConfigDict(frozen=True)


class Job(Message):
    """What a worker is started for."""

    spec: str
    folder: str
    profile: Profile
    seed: int | None = None


class Question(Message):
    """Try a clause, but for the trials that were tried before."""

    clause: str
    drivers: list[Driver] = list(Driver)
    """Those to try it with."""
    tried: list[tuple[str, Driver]] = []
    """Name and driver of each."""


class Environment(Message):
    """The harness could be made, and these variables must be set before its libraries are imported."""

    say: Literal["environment"] = "environment"
    variables: dict[str, str]


class Ready(Message):
    """The harness keeps what it says of itself."""

    say: Literal["ready"] = "ready"
    tracker: str
    backend: str
    features: list[str]
    versions: Versions
    gaps: dict[str, Gap]


class Begun(Message):
    """A trial begins."""

    say: Literal["begun"] = "begun"
    clause: str
    trial: str
    driver: Driver


class Judged(Message):
    """A trial ended."""

    say: Literal["judged"] = "judged"
    finding: Finding
    spoiled: bool = False
    """Whether the trial left something behind in its process, so that the next needs another one."""


class Done(Message):
    """The question is answered, or the work is over."""

    say: Literal["done"] = "done"


class Unfit(Message):
    """The harness is broken."""

    say: Literal["unfit"] = "unfit"
    why: str


AnyMessage = Environment | Ready | Begun | Judged | Done | Unfit
MESSAGES: TypeAdapter[AnyMessage] = TypeAdapter(Annotated[AnyMessage, Field(discriminator="say")])
