"""The run of the step that is executing in this context."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from zenml_trackers.errors import NoActiveRun
from zenml_trackers.run import Run

_runs: ContextVar[tuple[tuple[str, Run], ...]] = ContextVar("zenml_trackers_runs", default=())


def enter(run: Run, step_run_id: str | None) -> None:
    """Make `run` one of this context's; runs of one step are beside each other, all others one within the other."""
    _runs.set((*_runs.get(), (step_run_id or f"run {id(run)}", run)))


def leave(run: Run) -> None:
    """Undo `enter`, whatever the order in which others came and went."""
    _runs.set(tuple(entry for entry in _runs.get() if entry[1] is not run))


def get_run() -> Run:
    """The run of this step; with several trackers in the step, that of the first.

    Raises:
        NoActiveRun: No tracked step is executing in this context.
    """
    for run in _innermost():
        return run
    raise NoActiveRun(_advice("get_run"))


def get_trackio_run() -> Any:
    """The Trackio run of this step, with all of Trackio's own methods, and also `log_metrics`, `log_params`, `add_tags`
    and `run["key"] = value`, which sets a param.

    Raises:
        NoActiveRun: No step that is tracked with Trackio is executing in this context.
    """
    for run in _innermost():
        if run.backend == "trackio":
            return NativeRun(run)
    raise NoActiveRun(_advice("get_trackio_run"))


def _innermost() -> list[Run]:
    """The runs of the step that is executing, not of one around it, nor of one that ZenML gave up before it began."""
    entries = _runs.get()
    return [run for step, run in entries if step == entries[-1][0]]


class NativeRun:
    """A tracker library's own run with the methods of `Run` beside its own; to `isinstance` it is the former."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @property  # type: ignore[misc]  # a proxy tells isinstance() what it stands for
    def __class__(self) -> type[Any]:
        return type(self._run.native)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run.native, name)

    def __setitem__(self, key: str, value: Any) -> None:
        self._run.log_params({key: value})

    def log_metrics(self, metrics: dict[str, Any], step: int | None = None) -> None:
        """As `Run.log`."""
        self._run.log(metrics, step)

    def log_params(self, params: dict[str, Any]) -> None:
        """As `Run.log_params`."""
        self._run.log_params(params)

    def add_tags(self, *tags: str | list[str]) -> None:
        """As `Run.add_tags`."""
        self._run.add_tags(*tags)


def _advice(function: str) -> str:
    return (
        f"{function}() works in a step that names its tracker, as in @step(experiment_tracker='my_tracker'), and while "
        "that step runs. To a thread that the step starts, pass the run, or start it with contextvars.copy_context()."
    )
