"""What the values of a program mean: the plan of one step, made from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tracker_contracts.programs import vocabulary
from tracker_contracts.programs.dimensions import DIMENSIONS, Values
from tracker_contracts.programs.plan import (
    Action,
    AddTags,
    Fail,
    FinishNatively,
    LogArtifact,
    LogMetrics,
    LogParams,
    Move,
    StartNatively,
    StepPlan,
)

FAILURES: dict[str, Fail] = {
    "error": Fail(message="it went wrong"),
    "bare": Fail(message=None),
    "chained": Fail(kind="RuntimeError", message="what came of it", chained=True),
    "grouped": Fail(kind="ExceptionGroup", message="several went wrong"),
    "warning": Fail(kind="UserWarning", message="a warning that was made an error"),
    "own": Fail(kind="CustomError", message="of a class of the user's own"),
    "long": Fail(message="in a long tale " * 700),
    "lines": Fail(kind="RuntimeError", message="the first line\nthe second\n\n  the last"),
    "unicode": Fail(kind="OSError", message="🦊 naïve e\u0301 \u202e"),
    "base": Fail(kind="BaseException", message="no Exception"),
    "interrupt": Fail(kind="KeyboardInterrupt", message=None),
    "exit-3": Fail(kind="SystemExit", message="3"),
    "exit-0": Fail(kind="SystemExit", message="0"),
    "cancelled": Fail(kind="CancelledError", message=None),
}


def plan_of(values: Values, number: int, names_from: int | None = None) -> StepPlan:
    """The plan of a step.

    Args:
        values: What differs from the plainest step.
        number: Of the step in its program; what it logs and how it is called differ from all others'.
        names_from: The number of the step whose names it has; its own if None.
    """
    chosen = {name: values.get(name, dimension.plain) for name, dimension in DIMENSIONS.items()}
    named = number if names_from is None else names_from
    pipeline, step = _names(chosen["names"], named)
    plan = StepPlan(
        step=step,
        pipeline=pipeline,
        run=f"run-{named}-of-the-pipeline",
        thread=chosen["thread"] == "another",
        asks_early=chosen["asked"] == "twice",
    )
    settings = _settings(chosen, plan)
    return plan.model_copy(update={"settings": settings, "actions": tuple(_actions(chosen, number, settings))})


def _names(how: str, number: int) -> tuple[str, str]:
    return {
        "plain": (f"pipe_{number}", f"train_{number}"),
        "alike": (f"alike_{number}", f"alike_{number}"),
        "prefix": (f"train_{number}_more", f"train_{number}"),
        "long": ("p" * 100 + str(number), "s" * 100 + str(number)),
    }[how]


def _settings(chosen: Values, plan: StepPlan) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if (tags := chosen["tags"]) != "none":
        names = (plan.step, plan.pipeline, plan.run, plan.step.upper())
        made["tags"] = list(names if tags == "names" else vocabulary.TAGS[tags])
    if (metadata := chosen["metadata"]) != "none":
        made["metadata"] = vocabulary.METADATA[metadata]
    if (name := chosen["run-name"]) != "none":
        made["run_name"] = vocabulary.RUN_NAMES[name]
    return made


def _actions(chosen: Values, number: int, settings: dict[str, Any]) -> Iterator[Action]:
    """In order; where the step fails, the rest is left out when it is performed."""
    end = () if chosen["ending"] == "returns" else (FAILURES[chosen["ending"]],)
    if chosen["moment"] == "at-once":
        yield from end
        return
    rows = list(_rows(chosen, number))
    half = len(rows) // 2
    yield from _single(chosen["first"], "first", number)
    if chosen["moves"] != "nothing":
        yield Move(what=chosen["moves"])
    yield from _params(chosen)
    yield from _late_tags(chosen, settings)
    yield from rows[:half]
    yield from _native(chosen["native"])
    if chosen["moment"] == "half-way":
        yield from end
        if end:
            return
    yield from rows[half:]
    yield from _odd(chosen, number)
    yield from _artifact(chosen["artifact"], number)
    yield from _single(chosen["last"], "last", number)
    yield from end


def _single(what: str, when: str, number: int) -> Iterator[Action]:
    """One thing that is done first or last."""
    match what:
        case "metrics":
            yield LogMetrics(metrics={f"{when}_{number}": number + 0.5})
        case "params":
            yield LogParams(params={f"{when}_param_{number}": when})
        case "tags":
            yield AddTags(tags=[f"{when} tag {number}"])
        case "artifact":
            yield LogArtifact(name=f"{when}_{number}.txt", files={"": 20})
        case "finish":
            yield FinishNatively()
        case "start":
            yield StartNatively()


def _rows(chosen: Values, number: int) -> Iterator[Action]:
    count = int(chosen["rows"])
    names = vocabulary.METRIC_NAMES[chosen["metrics"]]
    for row in range(count):
        values = dict.fromkeys(names, _number(chosen["numbers"], row, count, number))
        if chosen["numbers"] == "not-finite":  # beside which something else must be stored
            values[f"finite_{number}"] = row
        yield LogMetrics(metrics=values, step=_at(chosen["at"], row, count))


def _number(how: str, row: int, count: int, number: int) -> float:
    """Plain ones say whose they are."""
    if how == "plain":
        return 10_000 * number + row
    if how == "falling":
        return 1 / (row + 1) - number
    values = vocabulary.NUMBERS[how]
    return values[row % len(values)]


def _at(how: str, row: int, count: int) -> int | None:
    return {
        "none": None,
        "rising": row,
        "falling": count - row,
        "equal": 5,
        "gaps": 7 * row + 3,
        "far": vocabulary.FAR + row,
        "mixed": None if row % 2 else 10 * row,
    }[how]


def _odd(chosen: Values, number: int) -> Iterator[Action]:
    good = {f"beside_{number}": number + 0.25, f"behind_{number}": number + 0.75}
    match chosen["odd"]:
        case "metric":
            yield LogMetrics(metrics=good, odd={"odd_metric": "object"})
        case "metrics":
            yield LogMetrics(metrics=good, odd={"odd_thing": "object", "odd_number": "complex", "odd_set": "set"})
        case "alone":
            yield LogMetrics(metrics={}, odd={"odd_metric": "type"})
            yield LogMetrics(metrics=good)
        case "param":
            yield LogParams(params={"beside": 1, "behind": [2]}, odd={"odd_param": "object"})
        case "params":
            yield LogParams(params={"beside": 1, "behind": [2]}, odd={"odd_param": "object", "odd_kind": "type"})


def _params(chosen: Values) -> Iterator[Action]:
    if (how := chosen["params"]) != "none":
        yield LogParams(params=vocabulary.PARAMS[how])


def _late_tags(chosen: Values, settings: dict[str, Any]) -> Iterator[Action]:
    how = chosen["late-tags"]
    if how == "again":
        yield AddTags(tags=[*settings.get("tags", ["again"])[:3], "again and new"])
    elif how != "none":
        yield AddTags(tags=list(vocabulary.LATE_TAGS[how]))


def _native(how: str) -> Iterator[Action]:
    yield from {
        "none": (),
        "finish": (FinishNatively(),),
        "start": (StartNatively(),),
        "both": (FinishNatively(), StartNatively()),
        "twice": (StartNatively(), FinishNatively(), StartNatively(), FinishNatively()),
    }[how]


def _artifact(how: str, number: int) -> Iterator[Action]:
    files: dict[str, dict[str, int]] = {
        "file": {"": 100},
        "empty": {"": 0},
        "folder": {"b": 10, "c/d": 0, "c/e": 2000, "c/b": 10},
        "many": {f"part {index:02}.bin": index * 50 for index in range(30)},
        "large": {"": 2**20 + 1},
    }
    if how != "none":
        yield LogArtifact(name=f"model_{number}", files=files[how])
