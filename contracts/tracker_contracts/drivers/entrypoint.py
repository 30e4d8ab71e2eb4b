"""What the process of a single step runs: ZenML's own entrypoint, without the parts that only an image needs."""

from __future__ import annotations

from typing import Any

from zenml.entrypoints.step_entrypoint_configuration import STEP_NAME_OPTION, StepEntrypointConfiguration

from tracker_contracts.drivers.stores import leave_out_what_no_trial_needs


class StepEntrypoint(StepEntrypointConfiguration):
    """ZenML's, without two things.

    It stays in its folder, since not everyone may make `/app`, where ZenML's moves to. And it does without what takes
    long and tells a trial nothing.
    """

    def run(self) -> None:
        """Execute the step that the arguments name."""
        leave_out_what_no_trial_needs()
        release: Any = self
        snapshot = self._what_runs()
        release._run_step(snapshot.step_configurations[self.entrypoint_args[STEP_NAME_OPTION]], snapshot)

    def _what_runs(self) -> Any:
        """A deployment until 0.85, and then a snapshot; from 0.91 on it is loaded when it is asked for."""
        release: Any = self
        if hasattr(type(self), "snapshot"):
            return release.snapshot
        return release.load_snapshot() if hasattr(self, "load_snapshot") else release.load_deployment()
