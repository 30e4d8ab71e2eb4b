"""L5 and L7 at once: any interleaving of steps stores what a model in a dictionary says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, note
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
from tracker_contracts.expect import expect, expect_that, tally
from tracker_contracts.observed import ObservedRun
from tracker_contracts.plan import Action, AddTags, Fail, FinishNatively, LogMetrics, LogParams, StartNatively, StepPlan
from tracker_contracts.strategies import TEXT
from tracker_contracts.suites.compare import exact, offered
from tracker_contracts.suites.step_thread import StepThread
from tracker_contracts.trial import trial
from tracker_contracts.watch import Watch
from tracker_contracts.world import World

MOST = 4
"""Steps that are open at the same time."""
NAMES = st.sampled_from(["train", "evaluate"])
OURS = "t-"
"""What the tags begin with that the model knows of."""


@dataclass
class Expected:
    """What the model says of one run."""

    plan: StepPlan
    attempt: int = 1
    state: str = "finished"
    message: str | None = None
    metrics: list[tuple[str, int, float]] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)


class Steps(RuleBasedStateMachine):
    """Steps that begin, act and end in any order; what they log is unlike all that others log."""

    open = Bundle("open")
    failed = Bundle("failed")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.scene = world, world.scene()
        self.numbers = count()
        self.threads: dict[int, StepThread] = {}
        self.model: dict[int, Expected] = {}

    @precondition(lambda self: len(self.threads) < MOST)
    @rule(target=open, step=NAMES, tagged=st.booleans())
    def prepare(self, step: str, tagged: bool) -> int:
        """A step begins."""
        number = next(self.numbers)
        tags = [f"{OURS}{number}"] if tagged and "tags" in self.world.settings else []
        plan = offered(self.world, StepPlan(step=step, retry_of=f"{self.scene.place.name}-{number}"), tags=tags)
        return self._begin(number, Expected(plan, tags=set(tags)))

    @precondition(lambda self: len(self.threads) < MOST)
    @rule(target=open, before=consumes(failed))
    def retry(self, before: int) -> int:
        """A step that failed is tried again."""
        old = self.model[before]
        return self._begin(
            next(self.numbers), Expected(old.plan, old.attempt + 1, tags=set(old.plan.settings.get("tags", [])))
        )

    @rule(step=open, name=st.sampled_from(["loss", "accuracy"]))
    def log(self, step: int, name: str) -> None:
        """A step logs a number."""
        at, value = len(self.model[step].metrics), next(self.numbers)
        self.model[step].metrics.append((name, at, value))
        self._do(step, LogMetrics(metrics={name: value}, step=at))

    @rule(step=open)
    def log_params(self, step: int) -> None:
        """A step logs a param."""
        params = {f"p{next(self.numbers)}": next(self.numbers)}
        self.model[step].params.update(params)
        self._do(step, LogParams(params=params))

    @rule(step=open)
    def tag(self, step: int) -> None:
        """A step adds a tag."""
        tag = f"{OURS}{next(self.numbers)}"
        self.model[step].tags.add(tag)
        self._do(step, AddTags(tags=[tag]))

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
        expected = self.model[step]
        expected.state, expected.message = "failed", message
        thread = self.threads.pop(step)
        thread.do(Fail(message=message))
        expect(str(thread.raised), message, "the step's own error must come out")
        return multiple(step)

    def teardown(self) -> None:
        """All steps end, and what is stored is compared with the model."""
        for step in list(self.threads):
            self._end(step)
        stored = sorted(map(_essence, self.scene.runs()))
        expect(stored, sorted(_promised(self.world, each) for each in self.model.values()), "a run differs")

    def _begin(self, number: int, expected: Expected) -> int:
        self.model[number] = expected
        self.threads[number] = StepThread(self.scene, expected.plan, expected.attempt)
        return self._quiet(number)

    def _do(self, step: int, action: Action) -> None:
        self.threads[step].do(action)
        self._quiet(step)

    def _end(self, step: int) -> None:
        self.threads[step].end()
        self._quiet(step)
        del self.threads[step]

    def _quiet(self, step: int) -> int:
        raised = self.threads[step].raised
        note(f"{len(self.threads)} steps are open")
        expect_that(raised is None, f"the tracker failed a step: {raised!r}")
        return step


def _essence(run: ObservedRun) -> str:
    metrics = sorted((metric.name, metric.step, metric.value) for metric in run.metrics)
    tags = sorted(tag for tag in run.tags if tag.startswith(OURS))
    return exact([run.state, run.error_message, metrics, run.params, tags])


def _promised(world: World, run: Expected) -> str:
    params = world.harness.as_stored(run.params)
    return exact([run.state, run.message, sorted(run.metrics), params, sorted(run.tags)])


@trial("L5", Driver.DIRECT)
def any_interleaving_stores_what_the_model_says(world: World) -> None:
    """Steps that begin, log, call natively, fail, are retried and end in some order leave something else than alone.

    Read the counterexample as a story. Most often something of a step is kept on the component, which all steps share,
    or a library's global "current run" is taken for the step's.
    """
    factory: Any = partial(Steps, world)  # Hypothesis takes whatever makes a machine
    settings = hypothesis.settings(
        max_examples=max(2, tally.get().wanted // 3),
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
