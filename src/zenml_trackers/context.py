"""The run of the step that is executing: one that this package started, or else one that it adopts."""

from __future__ import annotations

from zenml_trackers.delivery import active
from zenml_trackers.errors import NoActiveRun
from zenml_trackers.run import Run
from zenml_trackers.zenml.adopted import adoption
from zenml_trackers.zenml.here import runs_here


def get_run() -> Run:
    """The run of this step; with several trackers in the step, that of the first.

    It works in all threads of the process, unless several tracked steps run in it at the same time.

    In a step whose tracker is a component of ZenML's own `comet`, `mlflow`, `neptune`, `vertex` or `wandb` flavor, this
    is the run that the flavor started, and that it will end.

    Raises:
        NoActiveRun: No tracked step is executing here, or several are; the message says what to do.
    """
    for run in runs_here("get_run"):
        return run
    adopted = adoption.adopted_run()
    if adopted is None:
        raise NoActiveRun(active.advice("get_run"))
    return adopted
