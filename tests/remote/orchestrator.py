"""An orchestrator that runs each step on a machine of its own, by ZenML's own entry point, as remote ones do."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from zenml.client import Client
from zenml.entrypoints import StepEntrypointConfiguration
from zenml.enums import ExecutionStatus
from zenml.orchestrators import BaseOrchestrator, BaseOrchestratorConfig, BaseOrchestratorFlavor, SubmissionResult
from zenml.orchestrators.publish_utils import publish_step_run_status_update

from tests.remote.network import Machine

RUN_ID = "TEAM_RUN_ID"
"""The variable that holds the orchestrator's id of the pipeline's run."""


class TeamConfig(BaseOrchestratorConfig):
    """Which machines there are."""

    machines: str
    """The file that has them, as `written` wrote it."""

    @property
    def is_remote(self) -> bool:
        """So that ZenML refuses stacks whose other parts are on the client's machine."""
        return True


def written(machines: Mapping[str, Machine], file: Path) -> Path:
    """Write down the machine of each step."""
    file.write_text(json.dumps({step: vars(machine) for step, machine in machines.items()}, default=str))
    return file


class TeamOrchestrator(BaseOrchestrator):
    """Runs all steps at once, one on each machine."""

    def get_orchestrator_run_id(self) -> str:
        return os.environ[RUN_ID]

    def submit_pipeline(
        self, snapshot: Any, stack: Any, base_environment: Any, step_environments: Any, placeholder_run: Any = None
    ) -> SubmissionResult:
        """Start the steps; they are waited for by the result."""
        run_id = str(uuid4())
        machines = json.loads(Path(self.config.machines).read_text())  # type: ignore[attr-defined]
        command = StepEntrypointConfiguration.get_entrypoint_command()
        started: dict[str, subprocess.Popen[bytes]] = {}
        for name, environment in step_environments.items():
            machine = Machine(**machines[name] | {"home": Path(machines[name]["home"])})
            arguments = StepEntrypointConfiguration.get_entrypoint_arguments(step_name=name, snapshot_id=snapshot.id)
            variables = {**environment, RUN_ID: run_id}
            log = machine.home.with_suffix(".log")
            started[name] = machine.start([*command, *arguments], log, variables)
        return SubmissionResult(wait_for_completion=partial(_wait, started, placeholder_run.id))


def _wait(started: dict[str, subprocess.Popen[bytes]], run_id: Any) -> None:
    """As Kubernetes' orchestrator does: a step whose process ended without a word is said to have failed."""
    for name, process in started.items():
        process.wait()
        step = Client().get_pipeline_run(run_id).steps.get(name)
        if step is not None and not step.status.is_finished:
            publish_step_run_status_update(step.id, ExecutionStatus.FAILED)


class TeamFlavor(BaseOrchestratorFlavor):
    """The flavor `team`."""

    @property
    def name(self) -> str:
        return "team"

    @property
    def config_class(self) -> type[TeamConfig]:
        return TeamConfig

    @property
    def implementation_class(self) -> type[TeamOrchestrator]:
        return TeamOrchestrator
