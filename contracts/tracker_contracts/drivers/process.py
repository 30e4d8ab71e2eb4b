"""Executes each step by its own ZenML entrypoint in a fresh process, as remote orchestrators do."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zenml.client import Client
from zenml.stack import Flavor

from tracker_contracts.drivers import children, stacks
from tracker_contracts.drivers.orchestrator import ProcessOrchestratorFlavor
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.drivers.pipeline import PipelineDriver
from tracker_contracts.drivers.pipelines import PipelineRun
from tracker_contracts.drivers.stage import ACCOUNT, Body, Plans, Stage, read_account
from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.programs.plan import StepPlan

ORCHESTRATOR = "process"


class ProcessDriver(PipelineDriver):
    """Executes plans on one stack, whose orchestrator starts a process for each step."""

    def __init__(self, harness: TrackerHarness, flavor: Flavor, place: Place, config: dict[str, Any]) -> None:
        super().__init__(harness, flavor, config)
        self._variables = harness.environment(place.folder)

    def run(self, plan: StepPlan, body: Body | None = None) -> Outcome:
        """Execute one step; nothing that it raises is raised here.

        Raises:
            NotImplementedError: There is a body; only data reaches another process.
        """
        if body is not None:
            raise NotImplementedError("a step in a process of its own can only do what its plan says")
        return super().run(plan)

    def _pipeline(self, plans: Plans, tracker: str, stage: Stage, cached: bool, step: Any) -> PipelineRun:
        with TemporaryDirectory() as folder:
            account = Path(folder) / "account.json"
            with children.expected({**self._variables, ACCOUNT: str(account)}) as child:
                run = super()._pipeline(plans, tracker, stage, cached, step)
            told = read_account(account)
        stage.begun, stage.ended = told.begun, told.ended
        run.told, run.printed = child.told or run.told, child.printed
        return run

    def _orchestrator(self, client: Client) -> str:
        source = f"{ProcessOrchestratorFlavor.__module__}.{ProcessOrchestratorFlavor.__qualname__}"
        flavor = ProcessOrchestratorFlavor()
        stacks.ensure_flavor(client, stacks.ORCHESTRATOR, source, flavor)
        if not client.list_stack_components(name=ORCHESTRATOR, type=stacks.ORCHESTRATOR).items:
            client.create_stack_component(ORCHESTRATOR, flavor.name, stacks.ORCHESTRATOR, {})
        return ORCHESTRATOR


def make(harness: TrackerHarness, flavor: Flavor, place: Place, config: dict[str, Any]) -> ProcessDriver:
    """What executes steps in a place."""
    return ProcessDriver(harness, flavor, place, config)
