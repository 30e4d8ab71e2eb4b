"""Executes plans as real pipelines on ZenML's local orchestrator, in a store of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zenml.client import Client
from zenml.stack import Flavor

from tracker_contracts.drivers import stacks
from tracker_contracts.drivers.account import outcomes
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.drivers.pipelines import PipelineRun, run_pipeline
from tracker_contracts.drivers.stage import Body, Plans, Stage, stages
from tracker_contracts.drivers.steps import act, act_in_vain
from tracker_contracts.drivers.stores import session_store
from tracker_contracts.drivers.watch import Watch
from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.programs.plan import StepPlan
from tracker_contracts.registry import spec_of


class PipelineDriver:
    """Executes plans on one stack with the tracker."""

    def __init__(self, harness: TrackerHarness, flavor: Flavor, config: dict[str, Any]) -> None:
        self._harness = harness
        self._flavor = flavor
        self._config = config
        self._stack: str | None = None

    def run(self, plan: StepPlan, body: Body | None = None) -> Outcome:
        """Execute one step; `body` instead of the plan's actions if given. Nothing is raised."""
        return self._run((plan,), Stage(body))[0]

    def run_attempts(self, plans: Sequence[StepPlan]) -> list[Outcome]:
        """Execute one step that is retried: each attempt does what its plan says, and all have the first's settings."""
        return self._run(tuple(plans), Stage())

    def run_together(self, plans: Sequence[StepPlan]) -> list[Outcome]:
        """Not with this driver: a static pipeline has one step at a time.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("steps overlap in one process with the direct driver only")

    def run_unless_cached(self, plan: StepPlan) -> bool:
        """Execute a step whose result ZenML may take from an earlier run; returns whether it was executed."""
        stage = Stage()
        self._run((plan,), stage, cached=True)
        return stage.begun > 0

    def run_in_vain(self, plan: StepPlan) -> Outcome:
        """Execute a step whose output ZenML can't store."""
        return self._run((plan,), Stage(), step=act_in_vain)[0]

    def keep_secret(self, name: str, values: dict[str, str]) -> None:
        """Keep a ZenML secret, so that the configuration can refer to it as `{{name.key}}`."""
        with session_store().active() as client:
            if client.list_secrets(name=name).items:
                client.delete_secret(name)
            client.create_secret(name, values)

    def _run(self, plans: Plans, stage: Stage, cached: bool = False, step: Any = act) -> list[Outcome]:
        with session_store().active() as client:
            tracker = self._activate(client)
            with Watch() as watch:
                run = self._pipeline(plans, tracker, stage, cached, step)
        done = outcomes(run, plans, stage)
        for outcome in done:
            outcome.warnings, outcome.printed = watch.warnings, f"{watch.printed}\n{run.printed}"
        return done

    def _pipeline(self, plans: Plans, tracker: str, stage: Stage, cached: bool, step: Any) -> PipelineRun:
        stages[plans[0].step] = stage
        try:
            return run_pipeline(spec_of(type(self._harness)), plans, tracker, stage, cached, step)
        finally:
            del stages[plans[0].step]

    def _activate(self, client: Client) -> str:
        """Make the stack the active one; returns its tracker's name, which is its own."""
        stacks.ensure_flavor(client, stacks.TRACKER, self._harness.flavor, self._flavor)
        if self._stack is None:
            self._stack = stacks.create_stack(client, self._flavor, self._config, self._orchestrator(client))
        client.activate_stack(self._stack)
        return self._stack

    def _orchestrator(self, client: Client) -> str:
        return "default"


def make(harness: TrackerHarness, flavor: Flavor, place: Place, config: dict[str, Any]) -> PipelineDriver:
    """What executes steps in a place."""
    return PipelineDriver(harness, flavor, config)
