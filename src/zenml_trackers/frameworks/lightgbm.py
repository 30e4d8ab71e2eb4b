"""LightGBM: `lightgbm.train(..., callbacks=[zenml_callback()])`, for its scikit-learn estimators too."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zenml_trackers.context import get_run
from zenml_trackers.run import Run

if TYPE_CHECKING:
    from lightgbm.callback import CallbackEnv


def zenml_callback(run: Run | None = None) -> Callable[[CallbackEnv], None]:
    """A callback that logs the evaluations of each round, such as `valid_0-l2`.

    Args:
        run: Where to log; the run of the step unless given.
    """
    own = run or get_run()

    def log(env: CallbackEnv) -> None:
        results = env.evaluation_result_list or ()
        own.log({f"{data}-{metric}": value for data, metric, value, *_ in results}, step=env.iteration)

    return log
