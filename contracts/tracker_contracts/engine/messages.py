"""What the process that tries a tracker tells the one that asked for it, one JSON line each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tracker_contracts.clauses import Driver
from tracker_contracts.harness import Gap
from tracker_contracts.profiles import Profile
from tracker_contracts.report.report import Versions
from tracker_contracts.report.verdict import Finding

NOT_AGAIN = "it did not show again"
"""Told of a defect that the search for a smaller program did not see."""


class Message(BaseModel):
    """The base of all that is said."""

    model_config = ConfigDict(frozen=True)


class Job(Message):
    """What a worker is started for."""

    spec: str
    folder: str
    profile: Profile
    seed: int | None = None


class Execute(Message):
    """Execute a program, and have it judged by every clause."""

    ask: Literal["execute"] = "execute"
    program: str


class Shrink(Message):
    """Find the smallest program that shows a defect."""

    ask: Literal["shrink"] = "shrink"
    program: str
    """One that shows it."""
    clause: str
    topic: str
    smaller: bool = True
    """Whether a smaller one is wanted at all; if not, only who is to blame."""


class Question(Message):
    """Try a clause, but for the trials that were tried before."""

    ask: Literal["try"] = "try"
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
    settings: list[str]
    """What the flavor lets a step say, in the contract's words."""
    secret: bool
    """Whether the configuration takes credentials."""
    native: list[str] = []
    """The library's own calls that the harness can make."""
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


class Defect(Message):
    """Something in a program that is not as a clause promises."""

    clause: str
    topic: str
    """What was compared, in words that are the same for each program."""
    told: str
    """How it differs."""
    step: int | None = None
    """The number of the step in its program; none if it is about none."""

    def beside(self, others: Iterable[Defect]) -> list[str]:
        """Clause and topic of what else is broken in the same step."""
        return sorted(
            {
                f"{other.clause}: {other.topic}"
                for other in others
                if (other.clause, other.topic) != (self.clause, self.topic)
                and (self.step == other.step or None in (self.step, other.step))
            }
        )


class Executed(Message):
    """A program was executed."""

    say: Literal["executed"] = "executed"
    program: str
    compared: list[str]
    """The clauses of which something was compared."""
    defects: list[Defect] = []
    spoiled: bool = False
    """Whether the program left something behind in its process, so that the next needs another one."""


class Shrunk(Message):
    """The smallest program that was found."""

    say: Literal["shrunk"] = "shrunk"
    program: str
    blamed: str
    """The clause that is broken."""
    defect: Defect
    beside: list[str] = []
    """What else is broken in the same step of it: clause and topic."""
    certain: bool = True
    """Whether there was time to make sure of who is to blame."""


class Done(Message):
    """The question is answered, or the work is over."""

    say: Literal["done"] = "done"


class Unfit(Message):
    """The harness is broken."""

    say: Literal["unfit"] = "unfit"
    why: str


AnyQuestion = Question | Execute | Shrink
QUESTIONS: TypeAdapter[AnyQuestion] = TypeAdapter(Annotated[AnyQuestion, Field(discriminator="ask")])
AnyMessage = Environment | Ready | Begun | Judged | Executed | Shrunk | Done | Unfit
MESSAGES: TypeAdapter[AnyMessage] = TypeAdapter(Annotated[AnyMessage, Field(discriminator="say")])
