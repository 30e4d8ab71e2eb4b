"""What of a run is not the same in its copy."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from zenml_trackers.model.stored import StoredRun

LONGEST_SHOWN = 60
MAPS = {"params": "param", "metadata": "metadata", "summary": "summary"}
"""Of the fields that are maps, what each of their values is called."""
FACTS = ("name", "status", "error", "tags", "pipeline", "pipeline_run", "step", "step_run_id", "attempt")
"""What a copy shares with its run; an id, a page and times are its own."""

Point = tuple[int, Any]
"""Step and value."""


class Loss(NamedTuple):
    """Something of one run that its copy has not, or not as it was."""

    what: str
    """Such as `metric 'loss'`."""
    detail: str
    """What became of it."""
    run: str
    """The run's name."""


class Expected(NamedTuple):
    """What the copy of a run should hold; small, as there may be many."""

    name: str
    facts: Mapping[str, str]
    """Each fact, param and metadata value as JSON, by what it is called."""
    metrics: Mapping[str, Sequence[Point]]
    """The values of each metric in their order; of what was logged at once under several names, none comes first."""

    @classmethod
    def of(cls, run: StoredRun) -> Expected:
        """That of a run as it was read."""
        metrics: dict[str, list[Point]] = defaultdict(list)
        for point in run.metrics:
            metrics[point.name].append((point.step, _equal(point.value)))
        return cls(run.name, _facts(run), metrics)


def differences(expected: Expected, copy: StoredRun) -> Iterator[Loss]:
    """What `copy` lacks of what is expected; that it has more facts, params, metadata or metrics is no difference."""
    found = Expected.of(copy)
    for what, value in expected.facts.items():
        if found.facts.get(what) != value:
            yield Loss(what, f"{_short(value)} became {_short(found.facts.get(what, 'nothing'))}", expected.name)
    for name, points in expected.metrics.items():
        if points != found.metrics.get(name):
            yield Loss(f"metric {name!r}", _change(points, found.metrics.get(name, [])), expected.name)


def _facts(run: StoredRun) -> dict[str, str]:
    content = run.model_dump()
    content["tags"] = sorted(run.tags)
    facts = {name: _json(content[name]) for name in FACTS}
    for artifact in run.artifacts:
        if artifact.type or artifact.aliases:
            facts[f"type and aliases of artifact {artifact.name!r}"] = _json([artifact.type, artifact.aliases])
    for field, kind in MAPS.items():
        facts.update({f"{kind} {key!r}": _json(value) for key, value in content[field].items()})
    return facts


def _change(expected: Sequence[Point], found: Sequence[Point]) -> str:
    missing = Counter(expected) - Counter(found)
    if not missing:
        return "in another order, or more of them"
    step, value = next(point for point in expected if point in missing)
    there = next((str(other) for at, other in found if at == step), "nothing")
    return f"{missing.total()} of {len(expected)} values, such as {value} at step {step}, which became {there}"


def _equal(value: Any) -> Any:
    """The value as something that is equal to itself."""
    return value if value == value else "nan"


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
