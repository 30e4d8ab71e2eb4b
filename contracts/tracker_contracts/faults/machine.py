"""L5 and L7 at once: any interleaving of steps stores what each of them stores when it runs alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.expect import expect, note, tally
from tracker_contracts.drivers.watch import Watch
from tracker_contracts.drivers.world import Scene, World
from tracker_contracts.faults.compare import exact, offered
from tracker_contracts.faults.step_thread import StepThread
from tracker_contracts.faults.strategies import TEXT
from tracker_contracts.faults.trial import trial
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.plan import (
    Action,
    AddTags,
    Fail,
    FinishNatively,
    LogMetrics,
    LogParams,
    StartNatively,
    StepPlan,
)

MOST = 4
"""Steps that are open at the same time."""
NAMES = st.sampled_from(["train", "evaluate"])
OURS = "t-"
"""What the tags begin with that the machine adds."""


@dataclass
class Step:
    """One step, and all that it was told to do."""

    number: int
    plan: StepPlan
    attempt: int = 1
    logged: int = 0
    done: list[Action] = field(default_factory=list)
    raised: str | None = None
    """What came out of it, told."""

    def play_in(self, scene: Scene) -> None:
        """Do all of it once more."""
        thread = StepThread(scene, self.plan, self.attempt)
        for action in self.done:
            thread.do(action)
        thread.end()
        self.raised = _told(thread.raised)


class Steps(RuleBasedStateMachine):
    """Steps that begin, act and end in any order; what they log is unlike all that others log."""

    open = Bundle("open")
    failed = Bundle("failed")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.scene = world, world.scene()
        self.numbers = count()
        self.threads: dict[int, StepThread] = {}
        self.steps: dict[int, Step] = {}

    @precondition(lambda self: len(self.threads) < MOST)
    @rule(target=open, step=NAMES, tagged=st.booleans())
    def prepare(self, step: str, tagged: bool) -> int:
        """A step begins."""
        number = next(self.numbers)
        tags = [f"{OURS}{number}"] if tagged else []
        plan = StepPlan(step=step, retry_of=f"{self.scene.place.name}-{number}")
        return self._begin(Step(number, offered(self.world, plan, tags=tags)))

    @precondition(lambda self: len(self.threads) < MOST)
    @rule(target=open, before=consumes(failed))
    def retry(self, before: int) -> int:
        """A step that failed is tried again."""
        old = self.steps[before]
        return self._begin(Step(next(self.numbers), old.plan, old.attempt + 1))

    @rule(step=open, name=st.sampled_from(["loss", "accuracy"]))
    def log(self, step: int, name: str) -> None:
        """A step logs a number."""
        at = self.steps[step].logged
        self.steps[step].logged += 1
        self._do(step, LogMetrics(metrics={name: next(self.numbers)}, step=at))

    @rule(step=open)
    def log_params(self, step: int) -> None:
        """A step logs a param."""
        self._do(step, LogParams(params={f"p{next(self.numbers)}": next(self.numbers)}))

    @rule(step=open)
    def tag(self, step: int) -> None:
        """A step adds a tag."""
        self._do(step, AddTags(tags=[f"{OURS}{next(self.numbers)}"]))

    @rule(step=open, call=st.sampled_from([FinishNatively(), StartNatively()]))
    def call_natively(self, step: int, call: Action) -> None:
        """A callback in the step finishes or starts a run."""
        self._do(step, call)

    @rule(step=consumes(open))
    def succeed(self, step: int) -> None:
        """A step returns."""
        self._end(step)

    @rule(target=failed, step=consumes(open), message=TEXT)
    def fail(self, step: int, message: str) -> Any:
        """A step raises."""
        self._do(step, Fail(message=message))
        self._end(step)
        return multiple(step)

    def teardown(self) -> None:
        """All steps end, and what is stored is compared with what each stores alone."""
        for step in list(self.threads):
            self._end(step)
        with _attempt():
            raised = {number: step.raised for number, step in self.steps.items()}
            stored = sorted(map(_essence, self.scene.runs()))
            alone = sorted(essence for step in self.steps.values() for essence in self._alone(step))
            expect(raised, {number: step.raised for number, step in self.steps.items()}, "a step comes out otherwise")
            expect(stored, alone, "a run differs from what its step stores alone")

    def _alone(self, step: Step) -> Iterator[str]:
        scene = self.world.scene()
        step.play_in(scene)
        return map(_essence, scene.runs())

    def _begin(self, step: Step) -> int:
        note(f"step {step.number} is {step.plan.step!r}, attempt {step.attempt}, with {step.plan.settings}")
        self.steps[step.number] = step
        with _attempt():
            self.threads[step.number] = StepThread(self.scene, step.plan, step.attempt)
        return step.number

    def _do(self, step: int, action: Action) -> None:
        note(f"step {step}: {action!r}")
        self.steps[step].done.append(action)
        with _attempt():
            self.threads[step].do(action)

    def _end(self, step: int) -> None:
        thread = self.threads.pop(step)
        with _attempt():
            thread.end()
        self.steps[step].raised = _told(thread.raised)


def _told(raised: BaseException | None) -> str | None:
    """Messages may name a run, and each has an id of its own; those that the machine makes are unlike each other."""
    return None if raised is None else f"{type(raised).__name__}: {raised if isinstance(raised, ValueError) else ''}"


@contextmanager
def _attempt() -> Iterator[None]:
    with tally.get().bounds.attempt():
        yield


def _essence(run: ObservedRun) -> str:
    metrics = sorted((metric.name, metric.step, metric.value) for metric in run.metrics)
    tags = sorted(tag for tag in run.tags if tag.startswith(OURS))
    return exact([run.state, run.error_message, metrics, run.params, tags])


def _steps(world: World) -> Steps:
    tally.get().bounds.begin()
    return Steps(world)


@trial("L5", Driver.DIRECT)
def any_interleaving_stores_what_each_step_stores_alone(world: World) -> None:
    """Steps that begin, log, call natively, fail, are retried and end in some order leave something else than alone.

    Read the counterexample as a story. Most often something of a step is kept on the component, which all steps share,
    or a library's global "current run" is taken for the step's.
    """
    examples = max(2, tally.get().wanted // 3)
    tally.get().bounds.wanted = examples
    factory: Any = partial(_steps, world)  # Hypothesis takes whatever makes a machine
    settings = hypothesis.settings(
        max_examples=examples,
        stateful_step_count=15,
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, *([Phase.shrink] if tally.get().shrink else [])],
        suppress_health_check=list(HealthCheck),
    )
    with Watch():
        run_state_machine_as_test(factory, settings=settings)
