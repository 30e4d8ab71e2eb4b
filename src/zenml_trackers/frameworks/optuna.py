"""Optuna: `study.optimize(..., callbacks=[ZenMLCallback()])`, with `n_jobs` too."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real
from typing import TYPE_CHECKING, Any

from zenml_trackers.context import get_run
from zenml_trackers.run import Run

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial


class ZenMLCallback:
    """Logs each trial at its number: what it reached, and its parameters that are numbers as `params/…`.

    The parameters of the best trial are the param `best_params`; of a study with several objectives no trial is best.
    """

    def __init__(self, run: Run | None = None) -> None:
        """Log to `run`, or else to the run of the step."""
        self.run = run or get_run()

    def __call__(self, study: Study, trial: FrozenTrial) -> None:
        """Log a trial that has just ended; one that failed has no values."""
        self.run.log({**dict(_values(study, trial)), **dict(_numbers(trial))}, step=trial.number)
        if len(study.directions) == 1 and any(best.number == trial.number for best in study.best_trials):
            self.run.log_params({"best_params": trial.params})


def _values(study: Study, trial: FrozenTrial) -> Iterator[tuple[str, float]]:
    """Under the names that the study gives them, else `value`, or `value_0` and so on."""
    values = trial.values or ()
    default = ["value"] if len(values) == 1 else [f"value_{index}" for index in range(len(values))]
    yield from zip(study.metric_names or default, values)  # noqa: B905


def _numbers(trial: FrozenTrial) -> Iterator[tuple[str, Any]]:
    yield from ((f"params/{name}", value) for name, value in trial.params.items() if isinstance(value, Real))
