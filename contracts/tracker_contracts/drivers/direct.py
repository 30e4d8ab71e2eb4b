"""Calls a tracker's hooks as ZenML's step runner does; works in every release from 0.75, without a store."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from functools import partial
from inspect import signature
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from zenml.config.pipeline_configurations import PipelineConfiguration
from zenml.config.step_configurations import StepConfiguration
from zenml.config.step_run_info import StepRunInfo
from zenml.enums import StackComponentType
from zenml.stack import Flavor, StackComponent

from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.drivers.patience import together
from tracker_contracts.drivers.perform import do, perform
from tracker_contracts.drivers.watch import Watch
from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.programs.plan import StepPlan

Body = Callable[[], Any]
MET = 20
"""Actions of steps that run together that wait for those of the others."""
PATIENCE = 60.0
"""Seconds after which steps that run together count as steps that never end."""


def component_of(flavor: Flavor, config: dict[str, Any]) -> Any:
    """The flavor's component, as ZenML would make it from a stored configuration."""
    now = datetime.now(timezone.utc)
    fields: dict[str, Any] = {
        "name": "tracker",
        "id": uuid4(),
        "config": flavor.config_class(**config),
        "flavor": flavor.name,
        "type": StackComponentType.EXPERIMENT_TRACKER,
        "user": None,
        "created": now,
        "updated": now,
        "workspace": uuid4(),  # asked for by 0.75, unknown later
    }
    known = signature(StackComponent.__init__).parameters
    made: Any = flavor.implementation_class
    return made(**{name: value for name, value in fields.items() if name in known})


def info_of(flavor: Flavor, plan: StepPlan, attempt: int = 1) -> StepRunInfo:
    """What ZenML tells the hooks of a step."""
    shared = uuid5(NAMESPACE_URL, plan.retry_of) if plan.retry_of else None
    fields: dict[str, Any] = {
        "step_run_id": shared or uuid4(),  # attempts of one step shared it below 0.84
        "run_id": shared or uuid4(),
        "run_name": plan.run,
        "pipeline_step_name": plan.step,
        "config": _configuration(flavor, plan),
        "pipeline": PipelineConfiguration(name=plan.pipeline),
        "step_run": SimpleNamespace(version=attempt),  # from 0.94; built-in flavors read the version alone
    }
    known: Any = StepRunInfo.model_fields
    return StepRunInfo.model_construct(**{name: value for name, value in fields.items() if name in known})


def _configuration(flavor: Flavor, plan: StepPlan) -> StepConfiguration:
    return StepConfiguration(name=plan.step, settings={f"experiment_tracker.{flavor.name}": plan.settings})


class DirectDriver:
    """Executes plans on one component."""

    def __init__(self, harness: TrackerHarness, flavor: Flavor, config: dict[str, Any]) -> None:
        self._harness = harness
        self._flavor = flavor
        self.component = component_of(flavor, config)
        self._attempts: Counter[str] = Counter()

    def run(self, plan: StepPlan, body: Body | None = None) -> Outcome:
        """Execute one step; `body` instead of the plan's actions if given. Nothing is raised."""
        with Watch() as watch:
            outcome = self._hooks(plan, body or (lambda: perform(plan, self._harness)))
        outcome.warnings, outcome.printed, outcome.changes = watch.warnings, watch.printed, watch.changes
        return outcome

    def run_attempts(self, plans: Sequence[StepPlan]) -> list[Outcome]:
        """Execute the attempts of one step, one after the other."""
        return [self.run(plan) for plan in plans]

    def run_together(self, plans: Sequence[StepPlan]) -> list[Outcome]:
        """Execute steps in threads of their own, so that each action of one meets one of each other.

        When the shortest has been cleaned up, the others go on.

        Raises:
            BrokenPromise: One of them goes on for ever.
        """
        barrier = threading.Barrier(len(plans))

        def body(plan: StepPlan) -> None:
            for action in plan.actions[:MET]:
                with suppress(threading.BrokenBarrierError):
                    barrier.wait(PATIENCE)
                do(action, self._harness)
            perform(plan.model_copy(update={"actions": plan.actions[MET:]}), self._harness)

        def one(plan: StepPlan) -> Outcome:
            try:
                return self._hooks(plan, lambda: body(plan))
            finally:
                barrier.abort()  # nobody is to wait for a step that is over

        with Watch() as watch:
            outcomes = together([partial(one, plan) for plan in plans], PATIENCE)
        for outcome in outcomes:
            outcome.warnings, outcome.printed, outcome.changes = watch.warnings, watch.printed, watch.changes
        return outcomes

    def _hooks(self, plan: StepPlan, body: Body) -> Outcome:
        self._attempts.update([plan.retry_of] if plan.retry_of else [])
        info = info_of(self._flavor, plan, self._attempts[plan.retry_of] if plan.retry_of else 1)
        outcome = Outcome(plan=plan, pipeline=plan.pipeline, run_name=plan.run)
        try:
            _timed(outcome, "prepare", lambda: self.component.prepare_step_run(info))
            self._step(outcome, info, body)
        except BaseException as error:
            outcome.raised = error
        return outcome

    def _step(self, outcome: Outcome, info: StepRunInfo, body: Body) -> None:
        failed = False
        try:
            if outcome.plan.asks_early:
                outcome.early = dict(self.component.get_step_run_metadata(info))
            body()
        except BaseException:
            failed = True
            outcome.raised_by = "step"
            raise
        finally:
            _timed(outcome, "metadata", lambda: outcome.metadata.update(self.component.get_step_run_metadata(info)))
            _timed(outcome, "cleanup", lambda: self.component.cleanup_step_run(info, failed))


def make(harness: TrackerHarness, flavor: Flavor, place: Place, config: dict[str, Any]) -> DirectDriver:
    """What executes steps in a place."""
    return DirectDriver(harness, flavor, config)


def _timed(outcome: Outcome, hook: str, call: Body) -> None:
    started = time.monotonic()
    try:
        call()
    except BaseException:
        outcome.raised_by = hook
        raise
    finally:
        outcome.seconds += time.monotonic() - started
