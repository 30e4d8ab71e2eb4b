"""The run of the step that is executing: one that this package started, or else one that it adopts."""

from __future__ import annotations

from zenml_trackers.delivery import active
from zenml_trackers.delivery.together import together
from zenml_trackers.errors import NoActiveRun
from zenml_trackers.run import Run
from zenml_trackers.zenml.adopted import adoption
from zenml_trackers.zenml.here import runs_here


def get_run(tracker: str | None = None) -> Run:
    """The run of this step. With several trackers in the step, what it is given reaches the runs of all of them.

    It works in all threads of the process, unless several tracked steps run in it at the same time.

    In a step whose tracker is a component of ZenML's own `comet`, `mlflow`, `neptune`, `vertex` or `wandb` flavor, this
    is the run that the flavor started, and that it will end.

    Args:
        tracker: The name of the component whose run is wanted alone; outside of ZenML that of the backend.

    Raises:
        NoActiveRun: No tracked step is executing here, or several are, or the step has no tracker of that name; the
            message says what to do.
    """
    own = runs_here("get_run")
    found = [*own, *adoption.adopted_runs(beside=own)]
    if not found:
        raise NoActiveRun(active.advice("get_run"))
    return together(found) if tracker is None else _named(tracker, found)


def _named(tracker: str, found: list[active.Entry]) -> Run:
    for entry in found:
        if entry.tracker == tracker:
            return entry.run
    names = ", ".join(repr(entry.tracker) for entry in found)
    raise NoActiveRun(f"No tracker of this step is called {tracker!r}; there are: {names}.")
