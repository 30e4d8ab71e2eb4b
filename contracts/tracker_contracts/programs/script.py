"""What is executed for a program: its steps and those around them, in groups that follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tracker_contracts.programs.dimensions import Values
from tracker_contracts.programs.plan import StepPlan
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.steps import plan_of

FINISHED: Values = {}
FAILED: Values = {"ending": "error"}
TAGGED: Values = {
    "tags": "plain",
    "metadata": "plain",
    "run-name": "taken",
    "params": "plain",
    "late-tags": "one",
}
BEFORE: dict[str, tuple[Values, ...]] = {
    "nothing": (),
    "finished": (FINISHED,),
    "failed": (FAILED,),
    "tagged": (TAGGED,),
    "namesake": ({"run-name": "plain"},),
    "two": (TAGGED, FAILED),
}
AFTER: dict[str, tuple[Values, ...]] = {
    "nothing": (),
    "finished": (FINISHED,),
    "failed": (FAILED,),
    "namesake": ({"run-name": "plain"},),
}
BESIDE: dict[str, tuple[Values, ...]] = {
    "nothing": (),
    "finished": (TAGGED,),
    "failed": (FAILED,),
    "two": (TAGGED, FAILED),
}
COMPANY = {"before": BEFORE, "after": AFTER, "beside": BESIDE}
FAILING: Values = {"ending": "error", "moment": "half-way"}
"""How an attempt ends that is followed by another."""
ATTEMPTS = {"only": 1, "second": 2, "third": 3}


@dataclass(frozen=True)
class Planned:
    """One execution of one step."""

    plan: StepPlan
    values: Values
    attempt: int = 1


@dataclass
class Group:
    """Steps that are executed as one: at the same time, or as the attempts of one step, or a single one."""

    how: Literal["one", "together", "attempts"]
    steps: list[Planned] = field(default_factory=list)


def company(values: Values) -> Iterator[Values]:
    """What differs from the plainest step in each step around one, without its names."""
    for name, table in COMPANY.items():
        yield from table[values.get(name, "nothing")]
    if values.get("attempt", "only") != "only":
        own = {name: value for name, value in values.items() if name not in (*COMPANY, "attempt")}
        yield {**own, **FAILING}


def explains(small: Program, large: Program) -> bool:
    """Whether all that a program needs is in a larger one, in its steps or in those around them."""
    steps = [*large.steps, *(around for step in large.steps for around in company(step))]
    return all(any(step.items() <= other.items() for other in steps) for step in small.steps)


def script(program: Program) -> list[Group]:
    """What is executed, in order."""
    return list(_Writer(program).groups())


def failures_around(values: Values) -> list[Values]:
    """What the steps are like that fail around one: before, after or beside it, or as an earlier attempt of it."""
    company = {name: table[values.get(name, "nothing")] for name, table in COMPANY.items()}
    own = {name: value for name, value in values.items() if name not in (*COMPANY, "attempt")}
    tried = [{**own, **FAILING}] if "attempt" in values else []
    return [*([FAILED] if any(FAILED in steps for steps in company.values()) else []), *tried]


class _Writer:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._number = 0

    def groups(self) -> Iterator[Group]:
        for values in self._program.steps:
            yield from self._of(values)

    def _of(self, values: Values) -> Iterator[Group]:
        own = self._number
        subject = self._planned(values)
        for around in BEFORE[values.get("before", "nothing")]:
            yield self._one(values, around, own, "before")
        *earlier, last = self._attempts(subject, values)
        beside = [self._planned(around) for around in BESIDE[values.get("beside", "nothing")]]
        if beside:
            yield from (Group("one", [attempt]) for attempt in earlier)
            yield Group("together", [last, *beside])
        else:
            yield Group("attempts" if earlier else "one", [*earlier, last])
        for around in AFTER[values.get("after", "nothing")]:
            yield self._one(values, around, own, "after")

    def _one(self, values: Values, around: Values, own: int, where: str) -> Group:
        namesake = values.get(where) == "namesake"
        same = {name: values[name] for name in ("names", "run-name") if name in values}
        named = {**around, **same} if namesake else around
        return Group("one", [self._planned(named, own if namesake else None)])

    def _planned(self, values: Values, names_from: int | None = None) -> Planned:
        number, self._number = self._number, self._number + 1
        return Planned(plan_of(values, number, names_from), values)

    def _attempts(self, subject: Planned, values: Values) -> list[Planned]:
        count = ATTEMPTS[values.get("attempt", "only")]
        if count == 1:
            return [subject]
        failing = {**values, **FAILING}
        plans = [*(self._planned(failing) for _ in range(count - 1)), subject]
        same = {name: getattr(subject.plan, name) for name in ("step", "pipeline", "run", "settings")}
        return [
            Planned(each.plan.model_copy(update={**same, "retry_of": subject.plan.run}), each.values, number)
            for number, each in enumerate(plans, 1)
        ]
