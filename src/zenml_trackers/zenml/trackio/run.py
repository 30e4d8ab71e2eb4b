"""The run of a step as Trackio's own, with the methods of `Run` beside."""

from __future__ import annotations

from typing import Any

from zenml_trackers.delivery import active
from zenml_trackers.delivery.joined import Away
from zenml_trackers.errors import NoActiveRun
from zenml_trackers.run import Run
from zenml_trackers.zenml.here import runs_here


def get_trackio_run() -> Any:
    """The Trackio run of this step, with all of Trackio's own methods, and also `log_metrics`, `log_params`, `add_tags`
    and `run["key"] = value`, which sets a param.

    Raises:
        NoActiveRun: No step that is tracked with Trackio is executing in this context.
    """
    for entry in runs_here("get_trackio_run"):
        if entry.run.backend == "trackio":
            return NativeRun(entry.run)
    raise NoActiveRun(active.advice("get_trackio_run"))


class NativeRun:
    """A tracker library's own run with the methods of `Run` beside its own; to `isinstance` it is the former."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @property  # type: ignore[misc]  # a proxy tells isinstance() what it stands for
    def __class__(self) -> type[Any]:
        return type(self._run.native)

    def __reduce__(self) -> tuple[type[NativeRun], tuple[Run]]:
        """In a process that it is passed to, the same run."""
        return NativeRun, (self._run,)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._run.native, name)

    def __setitem__(self, key: str, value: Any) -> None:
        self._run.log_params({key: value})

    def log(self, metrics: dict[str, Any], step: int | None = None) -> None:
        """As Trackio's own; in a child process of the step as `log_metrics`."""
        native = self._run.native
        (self._run if isinstance(native, Away) else native).log(metrics, step)

    def log_metrics(self, metrics: dict[str, Any], step: int | None = None) -> None:
        """As `Run.log`."""
        self._run.log(metrics, step)

    def log_params(self, params: dict[str, Any]) -> None:
        """As `Run.log_params`."""
        self._run.log_params(params)

    def add_tags(self, *tags: str | list[str]) -> None:
        """As `Run.add_tags`."""
        self._run.add_tags(*tags)
