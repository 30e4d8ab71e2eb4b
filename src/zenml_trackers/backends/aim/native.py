"""Aim's own calls in a tracked step: a run that the step makes is the step's run."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from aim import Run

from zenml_trackers.backends.common.joining import joining
from zenml_trackers.backends.common.process_wide import Replaced
from zenml_trackers.backends.common.step_runs import StepRuns, Untaken

_runs: StepRuns[Any] = StepRuns("aim")


def attach(native: Any) -> Callable[[], None]:
    """Have `aim.Run()` in this context give `native`, until the returned function is called."""
    native.untaken = Untaken(name=native.name, experiment=native.experiment, repo=native.repo.path)
    mark = _runs.enter(native)
    _replaced.hold()

    def detach() -> None:
        _runs.leave(mark)
        _replaced.release()

    return detach


def _join(*args: Any, **kwargs: Any) -> Any:
    """The step's run, unless a run is named that is there, or one is only read."""
    run = _runs.here
    given = inspect.signature(Run.__init__).bind_partial(None, *args, **kwargs).arguments
    if run is None or given.get("run_hash") or given.get("read_only"):
        return None
    repo = given.get("repo")
    run.untaken.tell("aim.Run()", experiment=given.get("experiment"), repo=getattr(repo, "path", repo))
    return run


_replaced = Replaced({Run: joining(Run, _join)})
