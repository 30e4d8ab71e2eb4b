"""Accelerate: `Accelerator(log_with=ZenMLTracker())`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accelerate.tracking import GeneralTracker, on_main_process

from zenml_trackers.context import get_run
from zenml_trackers.run import Run


class ZenMLTracker(GeneralTracker):  # type: ignore[misc]  # Accelerate is not looked into
    """Logs the configuration of `init_trackers` and the metrics of `accelerator.log`."""

    name = "zenml"
    requires_logging_directory = False

    def __init__(self, run: Run | None = None) -> None:
        """Log to `run`, or else to the run of the step."""
        super().__init__()
        self._run = run or get_run()

    @property
    def tracker(self) -> Run:
        """The run, as `accelerator.get_tracker("zenml", unwrap=True)`."""
        return self._run

    @on_main_process  # type: ignore[untyped-decorator]  # Accelerate is not looked into
    def store_init_configuration(self, values: Mapping[str, Any]) -> None:
        """Log the configuration."""
        self._run.log_params(values)

    @on_main_process  # type: ignore[untyped-decorator]  # Accelerate is not looked into
    def log(self, values: Mapping[str, Any], step: int | None = None, **kwargs: Any) -> None:
        """Log metrics."""
        self._run.log(values, step)
