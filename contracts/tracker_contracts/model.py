"""What a program must leave: for each step one run, said in the words of the contract and of no tracker.

The model knows a step's plan and what the harness declares of its backend; it knows nothing of any tracker.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.programs import files
from tracker_contracts.programs.plan import AddTags, Fail, LogArtifact, LogMetrics, LogParams, StepPlan, performed
from tracker_contracts.programs.raising import exception


@dataclass(frozen=True)
class Call:
    """One call that logs metrics."""

    values: Mapping[str, bool | int | float]
    step: int | None
    odd: tuple[str, ...]
    """Names of what is no number; they are refused by name."""


@dataclass(frozen=True)
class Expected:
    """What one execution of a step must leave."""

    plan: StepPlan
    name: str
    """The run's."""
    names: tuple[str, str, str]
    """Of the pipeline, of its run and of the step: always among the tags."""
    raised: BaseException | None
    """What the step raises, if it does."""
    tags: tuple[str, ...] = ()
    """Those of the settings."""
    late_tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    by_zenml: bool = False
    """Whether ZenML handed the settings on, which may leave out of a map what is None."""
    params: Mapping[str, Any] = field(default_factory=dict)
    odd_params: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    artifacts: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """How the run ended."""
        return "finished" if self.raised is None else "failed"

    @property
    def all_tags(self) -> frozenset[str]:
        """All that the step or its settings gave, and the names."""
        return frozenset((*self.names, *self.tags, *self.late_tags))

    @cached_property
    def metric_names(self) -> tuple[str, ...]:
        """Of all that is logged as a number, in the order of the first calls."""
        return tuple(dict.fromkeys(name for call in self.calls for name in call.values))

    def series(self, name: str) -> Sequence[tuple[int, Call]]:
        """The calls that log a metric, with their numbers."""
        return self._series[name]

    @cached_property
    def _series(self) -> dict[str, list[tuple[int, Call]]]:
        found: dict[str, list[tuple[int, Call]]] = {}
        for number, call in enumerate(self.calls):
            for name in call.values:
                found.setdefault(name, []).append((number, call))
        return found


def expected(outcome: Outcome, harness: TrackerHarness, settings: Collection[str], driver: Driver) -> Expected:
    """What the step behind an outcome must leave.

    Args:
        outcome: What was executed; only its plan and its names count.
        harness: Says in which form the backend stores maps.
        settings: Those that the flavor has, in the contract's words.
        driver: What executed the step.
    """
    plan = performed(outcome.plan)
    given = {name: value for name, value in outcome.plan.settings.items() if name in settings}
    if driver is not Driver.DIRECT:
        given = without_none(given)
    actions = plan.actions
    params = {
        name: value for action in actions if isinstance(action, LogParams) for name, value in action.params.items()
    }
    return Expected(
        plan=plan,
        name=given.get("run_name") or f"{outcome.run_name}_{plan.step}",
        names=(outcome.pipeline, outcome.run_name, plan.step),
        raised=next((exception(action) for action in actions if isinstance(action, Fail)), None),
        tags=tuple(given.get("tags", ())),
        late_tags=tuple(tag for action in actions if isinstance(action, AddTags) for tag in action.tags),
        metadata=harness.as_stored(given.get("metadata", {})),
        by_zenml=driver is not Driver.DIRECT,
        params=harness.as_stored(params) if params else {},
        odd_params=tuple(name for action in actions if isinstance(action, LogParams) for name in action.odd),
        calls=tuple(Call(each.metrics, each.step, tuple(each.odd)) for each in actions if isinstance(each, LogMetrics)),
        artifacts={
            name: data for each in actions if isinstance(each, LogArtifact) for name, data in files.stored(each).items()
        },
    )


def without_none(value: Any) -> Any:
    """Settings without what is None in a map: in a pipeline, ZenML 0.84 hands it on, and 0.98 leaves it out."""
    if isinstance(value, Mapping):
        return {name: without_none(item) for name, item in value.items() if item is not None}
    return value
