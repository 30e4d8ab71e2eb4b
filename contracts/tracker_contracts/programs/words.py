"""A program in words: what its steps do, for somebody who knows no dimension by name."""

from __future__ import annotations

from collections.abc import Mapping

from tracker_contracts.difference import MOST, short
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.dimensions import DIMENSIONS, Values
from tracker_contracts.programs.plan import Action, StepPlan
from tracker_contracts.programs.program import Program

PLAIN = "a step logs some metrics"
DOES: Mapping[str, str] = {
    "tags": "has {} tags in its settings",
    "metadata": "has {} metadata in its settings",
    "run-name": "has a {} run name in its settings",
    "secret": "runs with credentials",
    "names": "has names that are {}",
    "first": "begins with {}",
    "rows": "logs {} rows of metrics",
    "metrics": "calls its metrics {} names",
    "numbers": "logs {} numbers",
    "at": "gives {} metric steps",
    "odd": "logs what is no value ({})",
    "params": "logs {} params",
    "late-tags": "adds {} tags",
    "artifact": "logs files ({})",
    "native": "calls the library's own {}",
    "thread": "logs in another thread",
    "moves": "changes its process's {}",
    "asked": "is asked twice for what ZenML is told",
    "last": "ends with {}",
    "ending": "raises ({})",
    "moment": "ends {}",
    "before": "comes after others ({})",
    "after": "comes before another ({})",
    "beside": "overlaps with others ({})",
    "attempt": "is a {} attempt",
}
"""What a step does that is not plain in a dimension; `{}` is the value."""
NOTHING = {
    "rows=0": "logs no metrics",
    "first=nothing": "begins with nothing",
    "last=nothing": "ends with nothing",
}


def in_words(program: Program) -> str:
    """What the steps do, one after the other."""
    return "; then ".join(map(_of_step, program.steps))


def plan_in_words(plan: StepPlan) -> str:
    """What a step does, in a line: its settings and its calls."""
    settings = [f"settings {short(plan.settings)}"] if plan.settings else []
    calls = ", ".join([*settings, *map(_call, plan.actions)])
    return f"step {plan.step!r}: {calls or 'nothing'}"


def run_in_words(run: ObservedRun) -> str:
    """What is stored of a run, in a line; what is not is left out."""
    shown = {
        name: value
        for name, value in run.model_dump(exclude_defaults=True, exclude={"id", "name", "state", "metrics"}).items()
        if name != "everything"
    }
    metrics = [f"{each.name}={each.value!r} at {each.step}" for each in run.metrics[:MOST]]
    more = [f"{len(run.metrics) - MOST} more"] if len(run.metrics) > MOST else []
    others = [f"{name} {short(value)}" for name, value in shown.items()]
    return f"run {run.name!r}, {run.state}: {', '.join([*metrics, *more, *others]) or 'nothing'}"


def _call(action: Action) -> str:
    fields = action.model_dump(exclude_defaults=True, exclude={"do"})
    given = ", ".join(short(value) for value in fields.values())
    return f"{getattr(action, 'do', '')} {given}".strip()


def _of_step(values: Values) -> str:
    told = [_does(name, values[name]) for name in DIMENSIONS if name in values]
    return f"a step {' and '.join(told)}" if told else PLAIN


def _does(name: str, value: str) -> str:
    return NOTHING.get(f"{name}={value}") or DOES[name].format(value.replace("-", " "))
