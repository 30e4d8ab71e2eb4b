"""What the process of a single step runs: ZenML's own entrypoint, without the parts that only an image needs."""

from __future__ import annotations

from typing import Any

from zenml.entrypoints.step_entrypoint_configuration import STEP_NAME_OPTION, StepEntrypointConfiguration

from tracker_contracts.drivers.stores import list_no_packages


class StepEntrypoint(StepEntrypointConfiguration):
    """ZenML's, without two things.

    It stays in its folder, since not everyone may make `/app`, where ZenML's moves to. And it doesn't import all
    integrations for their materializers, which takes as long as the step, and a step without inputs and outputs needs
    none.
    """

    def run(self) -> None:
        """Execute the step that the arguments name."""
        list_no_packages()
        release: Any = self
        # a deployment until 0.90
        snapshot = release.snapshot if hasattr(type(self), "snapshot") else release.load_deployment()
        release._run_step(snapshot.step_configurations[self.entrypoint_args[STEP_NAME_OPTION]], snapshot)
