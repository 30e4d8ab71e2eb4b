"""XGBoost: `xgboost.train(..., callbacks=[ZenMLCallback()])`, for its scikit-learn estimators too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xgboost.callback import TrainingCallback

from zenml_trackers.context import get_run
from zenml_trackers.run import Run

EvalsLog = Mapping[str, Mapping[str, Sequence[Any]]]


class ZenMLCallback(TrainingCallback):  # type: ignore[misc]  # XGBoost is not looked into
    """Logs the evaluations of each round under the names that XGBoost prints, such as `train-rmse`."""

    def __init__(self, run: Run | None = None) -> None:
        """Log to `run`, or else to the run of the step."""
        super().__init__()
        self.run = run or get_run()

    def after_iteration(self, model: Any, epoch: int, evals_log: EvalsLog) -> bool:
        """Log the newest values; whether to stop, which is never."""
        newest = {
            f"{data}-{metric}": _mean(values[-1])
            for data, metrics in evals_log.items()
            for metric, values in metrics.items()
        }
        self.run.log(newest, step=epoch)
        return False


def _mean(value: Any) -> Any:
    """The mean of a pair of mean and deviation, which `xgboost.cv` gives."""
    return value[0] if isinstance(value, tuple) else value
