"""What a program left: each step with the run that is its own, for the judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker_contracts.difference import difference
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.model import Expected
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.dimensions import Values


@dataclass(frozen=True)
class Check:
    """One comparison."""

    topic: str
    """What was compared, in words that are the same for each program."""
    holds: bool
    told: str = ""
    """How what is differs from what should be, if it does not hold."""
    step: int | None = None
    """The number of the step in its program; None if it is about none."""


@dataclass
class Pair:
    """One execution of a step, and its run."""

    number: int
    expected: Expected
    outcome: Outcome
    values: Values
    attempt: int
    early: Mapping[str, Any] | None = None
    """What the tracker told ZenML when the step began, if it was asked."""
    at_start: Sequence[ObservedRun] | None = None
    """What was stored when the step's first line ran, if that was read."""
    run: ObservedRun | None = None
    later: ObservedRun | None = None
    """The run, as it was a while after; None if there was no need to read it again."""

    def same(self, topic: str, stored: Any, promised: Any) -> Check:
        """Both must be equal."""
        return Check(topic, stored == promised, "" if stored == promised else difference(stored, promised), self.number)

    def holds(self, topic: str, holds: bool, told: str) -> Check:
        """It must hold; `told` says what is, if not."""
        return Check(topic, holds, "" if holds else told, self.number)

    def naming(self, name: str) -> list[str]:
        """The warnings that name something that was logged."""
        return [text for text in self.outcome.warnings if name in text]

    @property
    def prepared(self) -> bool:
        """Whether the tracker let the step begin."""
        return self.outcome.raised_by != "prepare"


@dataclass
class Trace:
    """All that a program left."""

    pairs: list[Pair]
    harness: TrackerHarness
    settings: frozenset[str]
    """What the flavor lets a step say, in the contract's words."""
    foreign: list[ObservedRun] = field(default_factory=list)
    """Runs that are no step's."""
    own_tags: frozenset[str] = frozenset()
    """Those that the tracker gives each run of its own accord."""
    secret: str | None = None
    """What must be found nowhere."""
    shown: Mapping[str, str] = field(default_factory=dict)
    """Texts in which a secret could be found, by where they come from."""

    @property
    def runs(self) -> list[ObservedRun]:
        """All that are stored."""
        return [*(run for _, run in self.kept), *self.foreign]

    @property
    def kept(self) -> Iterator[tuple[Pair, ObservedRun]]:
        """The steps that have a run."""
        return ((pair, pair.run) for pair in self.pairs if pair.run is not None)


def paired(pairs: Iterable[Pair], runs: Sequence[ObservedRun]) -> list[ObservedRun]:
    """Give each step its run, by the surest sign that there is; returns the runs that are no step's."""
    left = list(runs)
    open_ = list(pairs)
    for sign in (_by_id, _by_metrics, _by_names, _by_name, _by_order):
        for pair in list(open_):
            found = sign(pair, left)
            if found is not None:
                pair.run = found
                left.remove(found)
                open_.remove(pair)
    return left


def _by_id(pair: Pair, runs: Sequence[ObservedRun]) -> ObservedRun | None:
    """ZenML was told its id."""
    told = {str(value) for value in pair.outcome.metadata.values()}
    return _only([run for run in runs if run.id in told and _may_be(pair, run)])


def _by_metrics(pair: Pair, runs: Sequence[ObservedRun]) -> ObservedRun | None:
    """It has metrics that only this step logs."""
    own = {name for call in pair.expected.calls for name in call.values if name.endswith(f"_{pair.number}")}
    return _only([run for run in runs if own & {metric.name for metric in run.metrics}])


def _by_names(pair: Pair, runs: Sequence[ObservedRun]) -> ObservedRun | None:
    """It is tagged with the name of the step's pipeline run, which attempts share."""
    name = pair.expected.names[1]
    return _only([run for run in runs if name in run.tags and run.attempt in (None, pair.attempt)])


def _by_name(pair: Pair, runs: Sequence[ObservedRun]) -> ObservedRun | None:
    return _only([run for run in runs if run.name == pair.expected.name])


def _by_order(pair: Pair, runs: Sequence[ObservedRun]) -> ObservedRun | None:
    return runs[0] if runs else None


def _may_be(pair: Pair, run: ObservedRun) -> bool:
    """Whether nothing in it says that it is another step's."""
    return run.attempt in (None, pair.attempt)


def _only(found: Sequence[ObservedRun]) -> ObservedRun | None:
    return found[0] if len(found) == 1 else None
