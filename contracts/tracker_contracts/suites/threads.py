"""L7: steps that overlap in threads of one process."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st

from tracker_contracts.expect import expect
from tracker_contracts.observed import ObservedRun
from tracker_contracts.outcome import Outcome
from tracker_contracts.plan import AddTags, Fail, LogParams, StepPlan
from tracker_contracts.suites.compare import as_planned, came_out, series
from tracker_contracts.trial import trial
from tracker_contracts.world import World

TOGETHER = [[False, False], [True, False], [False, True], [True, True], [False, True, False]]
"""Which of the steps that overlap fail."""
OWN = "only-"
"""What the params and tags begin with that say whose they are."""
FAR = 1000
"""How far the values of one step are from those of the next."""

Mark = tuple[int, str]
"""Something that one step alone logs: the step's number, and what it is."""


@trial("L7", fails=st.sampled_from(TOGETHER), rising=st.booleans())
def overlapping_steps_keep_to_their_own_run(world: World, fails: list[bool], rising: bool) -> None:
    """Steps that run at the same time in threads write to each other's runs, or see or end them.

    ZenML shares one component among all threads: keep the state of a step by its step run id, and the current run in a
    context variable, never in a global one.
    """
    scene = world.scene()
    lengths = sorted(range(1, len(fails) + 1), reverse=not rising)  # one is over while others go on
    plans = [_overlapping(number, *each) for number, each in enumerate(zip(fails, lengths, strict=True))]
    outcomes = scene.run_together(plans)
    runs = scene.runs()
    for run in runs:
        expect(len({number for number, _ in _marks(run)}) <= 1, True, f"steps share a run, with {sorted(_marks(run))}")
    stored = sorted(mark for run in runs for mark in _marks(run))
    _expect_nothing_foreign_is_told(outcomes, runs)
    _expect_as_alone(world, outcomes, stored)


def _overlapping(number: int, fails: bool, length: int) -> StepPlan:
    own = (LogParams(params={f"{OWN}{number}": number}), AddTags(tags=[f"{OWN}{number}"]))
    logs = series("m", range(FAR * number, FAR * number + length))
    end = [Fail(message=str(number))] if fails else []
    return StepPlan(step=f"step_{number}", run=f"run-{number}", actions=(*own, *logs, *end))


def _marks(run: ObservedRun) -> set[Mark]:
    return set(_marks_in(run))


def _marks_in(run: ObservedRun) -> Iterator[Mark]:
    yield from ((int(value // FAR), f"the value {value} at step {step}") for step, value in run.series("m"))
    yield from ((_number(name), f"the param {name}") for name in run.params if name.startswith(OWN))
    yield from ((_number(tag), f"the tag {tag}") for tag in run.tags if tag.startswith(OWN))


def _number(own: str) -> int:
    return int(own.removeprefix(OWN))


def _expect_nothing_foreign_is_told(outcomes: list[Outcome], runs: list[ObservedRun]) -> None:
    """By what ZenML is told of a step, one finds no other step's run."""
    for number, outcome in enumerate(outcomes):
        foreign = {run.id for run in runs if _marks(run) and number not in {own for own, _ in _marks(run)}}
        told = {str(value) for value in outcome.metadata.values()}
        expect(foreign & told, set(), f"what ZenML is told of step {number} names another step's run")


def _expect_as_alone(world: World, outcomes: list[Outcome], stored: list[Mark]) -> None:
    """What is missing, or fails, also when a step runs alone is none of this clause's matter."""
    alone: list[Mark] = []
    for outcome in outcomes:
        scene = world.scene()
        by_itself = scene.run(outcome.plan)
        alone += (mark for run in scene.runs() for mark in _marks(run))
        told = f"a step comes out otherwise than alone: {came_out(outcome)}"
        expect(as_planned(outcome), as_planned(by_itself), told)
    expect(stored, sorted(alone), "steps at the same time store something else than each alone")
