"""An orchestrator that executes each step in a process of its own, as the remote ones do."""

from __future__ import annotations

import os
from typing import Any

from zenml.orchestrators.local.local_orchestrator import LocalOrchestrator, LocalOrchestratorFlavor

from tracker_contracts.drivers import children
from tracker_contracts.drivers.entrypoint import StepEntrypoint

RUN = "TRACKER_CONTRACTS_ORCHESTRATOR_RUN"
"""The variable by which the steps of one run know that they belong together; only they have it."""


class ProcessOrchestrator(LocalOrchestrator):
    """Starts a process for each step; in there, it executes the step."""

    def get_orchestrator_run_id(self) -> str:
        """The run's id, the same in all its processes."""
        return os.environ.get(RUN) or super().get_orchestrator_run_id()

    def run_step(self, step: Any) -> None:
        """Execute a step.

        Raises:
            ChildProcessError: The step's process did not end well.
        """
        if RUN in os.environ:
            super().run_step(step)
        else:
            children.execute(self._arguments(step), {RUN: self.get_orchestrator_run_id()})

    def _arguments(self, step: Any) -> list[str]:
        # a deployment until 0.90
        attribute = "_active_snapshot" if hasattr(LocalOrchestrator, "_active_snapshot") else "_active_deployment"
        snapshot: Any = getattr(self, attribute)
        name = getattr(step.spec, "invocation_id", None) or step.spec.pipeline_parameter_name
        ids = {"snapshot_id": snapshot.id, "deployment_id": snapshot.id}
        return StepEntrypoint.get_entrypoint_arguments(step_name=name, **ids)


class ProcessOrchestratorFlavor(LocalOrchestratorFlavor):
    """The flavor, as the temporary store knows it."""

    @property
    def name(self) -> str:
        """A name that ZenML has no flavor of."""
        return "tracker-contracts-process"

    @property
    def implementation_class(self) -> type[ProcessOrchestrator]:
        """The orchestrator."""
        return ProcessOrchestrator
