"""The run of the step that is executing in this context."""

from __future__ import annotations

from contextvars import ContextVar
from weakref import WeakSet

from zenml_trackers.errors import NoActiveRun
from zenml_trackers.run import Run

_runs: ContextVar[tuple[tuple[str, Run], ...]] = ContextVar("zenml_trackers_runs", default=())
_disowned: WeakSet[Run] = WeakSet()


def enter(run: Run, step_run_id: str | None) -> None:
    """Make `run` one of this context's; runs of one step are beside each other, all others one within the other."""
    _runs.set((*_runs.get(), (step_run_id or f"run {id(run)}", run)))


def leave(run: Run) -> None:
    """Undo `enter`, whatever the order in which others came and went."""
    _runs.set(tuple(entry for entry in _runs.get() if entry[1] is not run))


def disown(run: Run) -> None:
    """Have a run be that of no context any more: whoever ends it is not in the one that it was entered in."""
    _disowned.add(run)


def get_run() -> Run:
    """The run of this step; with several trackers in the step, that of the first.

    Raises:
        NoActiveRun: No tracked step is executing in this context.
    """
    for run in innermost():
        return run
    raise NoActiveRun(advice("get_run"))


def innermost() -> list[Run]:
    """The runs of the step that is executing, not of one around it, nor of one that ZenML gave up before it began."""
    entries = [entry for entry in _runs.get() if entry[1] not in _disowned]
    return [run for step, run in entries if step == entries[-1][0]]


def advice(function: str) -> str:
    """What to do where there is no run for a function to give."""
    return (
        f"{function}() works in a step that names its tracker, as in @step(experiment_tracker='my_tracker'), and while "
        "that step runs. To a thread that the step starts, pass the run, or start it with contextvars.copy_context()."
    )
