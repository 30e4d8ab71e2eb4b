"""Lightning: `Trainer(logger=ZenMLLogger())`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from lightning.pytorch.loggers import Logger
from lightning.pytorch.utilities import rank_zero_only

from zenml_trackers.context import get_run
from zenml_trackers.run import Run


class ZenMLLogger(Logger):  # type: ignore[misc]  # Lightning is not looked into
    """Logs hyperparameters and metrics. The status of the run is that of the step, whatever Lightning makes of it."""

    def __init__(self, run: Run | None = None) -> None:
        """Log to `run`, or else to the run of the step."""
        super().__init__()
        self._run = run or get_run()

    @property
    def experiment(self) -> Run:
        """The run, as `self.logger.experiment` of a module."""
        return self._run

    @property
    def name(self) -> str:
        """The project; checkpoints are in a folder of this name."""
        return self._run.project

    @property
    def version(self) -> str:
        """The tracker's id of the run; checkpoints are in a folder of this name."""
        return self._run.id

    @rank_zero_only  # type: ignore[untyped-decorator]  # Lightning is not looked into
    def log_hyperparams(self, params: Mapping[str, Any] | Namespace, *args: Any, **kwargs: Any) -> None:
        """Log what `save_hyperparameters()` found."""
        self._run.log_params(vars(params) if isinstance(params, Namespace) else params)

    @rank_zero_only  # type: ignore[untyped-decorator]  # Lightning is not looked into
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log metrics at Lightning's step."""
        self._run.log(metrics, step)
