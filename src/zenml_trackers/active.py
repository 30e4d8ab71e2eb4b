"""The run of the step that is executing in this context."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from zenml_trackers.errors import NoActiveRun
from zenml_trackers.run import Run

_runs: ContextVar[tuple[Run, ...]] = ContextVar("zenml_trackers_runs", default=())


def enter(run: Run) -> None:
    """Make `run` one of this context's."""
    _runs.set((*_runs.get(), run))


def leave(run: Run) -> None:
    """Undo `enter`, whatever the order in which others came and went."""
    _runs.set(tuple(other for other in _runs.get() if other is not run))


def get_run() -> Run:
    """The run of this step; with several trackers in the step, that of the first.

    Raises:
        NoActiveRun: No tracked step is executing in this context.
    """
    if not _runs.get():
        raise NoActiveRun(_advice("get_run"))
    return _runs.get()[0]


def get_trackio_run() -> Any:
    """The Trackio run of this step, with all of Trackio's own methods, and also `log_metrics`, `log_params`, `add_tags`
    and `run["key"] = value`, which sets a param.

    Raises:
        NoActiveRun: No step that is tracked with Trackio is executing in this context.
    """
    for run in _runs.get():
        if run.backend == "trackio":
            return NativeRun(run)
    raise NoActiveRun(_advice("get_trackio_run"))


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
