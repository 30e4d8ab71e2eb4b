"""Comet's own objects: experiments that know nothing of each other, and what its own calls reach in a tracked step.

Comet has one experiment a process, and a new one ends the last (seen in 3.49 to 3.58). Those made here stay out of
that.
"""

from __future__ import annotations

import fcntl
import inspect
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import comet_ml
from comet_ml.config import get_global_experiment, set_global_experiment

from zenml_trackers.backends.comet.offline import META
from zenml_trackers.backends.common.joining import joining
from zenml_trackers.backends.common.process_wide import Replaced
from zenml_trackers.backends.common.step_module import StepModule
from zenml_trackers.backends.common.step_runs import Untaken

QUIET: dict[str, Any] = {
    "log_code": False,
    "log_graph": False,
    "auto_param_logging": False,
    "auto_metric_logging": False,
    "parse_args": False,
    "auto_output_logging": False,
    "log_env_details": False,
    "log_git_metadata": False,
    "log_git_patch": False,
    "display_summary_level": 0,
}
"""Without what Comet would log by itself, which changes the process and takes seconds at the end."""
PAUSE = 0.05
"""Seconds after which Comet's thread looks whether it is over; a second would be added to each step otherwise."""

_making = threading.Lock()


class _StaysOpen(comet_ml.CometExperiment):  # type: ignore[misc]  # Comet ships no types that could be checked
    """Left to the step's end by the library's own `end`, and with the name that it was given first."""

    untaken: Untaken | None = None

    def set_name(self, name: str) -> None:
        """Name it, once."""
        if self.untaken is None:
            super().set_name(name)
            key, project, workspace = self.id, self.project_name, self.workspace
            self.untaken = Untaken(name=name, project=project, workspace=workspace, experiment_key=key)
        else:
            self.untaken.tell("set_name()", name=name)

    def end(self) -> None:
        """Nothing yet: the step may go on, and its end ends the experiment."""

    def really_end(self) -> bool:
        """Deliver all that is queued; whether that worked."""
        ended: bool = self._on_end(wait=True)
        return ended


class StoredExperiment(_StaysOpen, comet_ml.OfflineExperiment):  # type: ignore[misc]
    """Keeps its messages where its archive is going to be, so that they outlive the process.

    While it does, it holds a lock on its description: a folder without one is what a killed process left.
    """

    tmpdir: str
    _held: int

    @property
    def archive(self) -> Path:
        """What is made of the messages in the end."""
        return Path(self.offline_directory, self._get_offline_archive_file_name())

    @property
    def messages(self) -> Path:
        """Where they are until then."""
        return Path(self.tmpdir) / "messages.json"

    def _setup_streamer(self) -> bool:
        os.rmdir(self.tmpdir)
        self.tmpdir = str(self.archive.with_suffix(""))
        os.makedirs(self.tmpdir)
        self.stop_time = self.start_time  # Comet takes no archive without one
        self._write_experiment_meta_file()
        self._held = os.open(Path(self.tmpdir, META), os.O_RDONLY)
        with suppress(OSError):  # there are file systems without locks
            fcntl.flock(self._held, fcntl.LOCK_EX)
        alive: bool = super()._setup_streamer()
        self.streamer.queue_timeout = PAUSE
        return alive

    def really_end(self) -> bool:
        try:
            return super().really_end()
        finally:
            os.close(self._held)


class SentExperiment(_StaysOpen, comet_ml.Experiment):  # type: ignore[misc]
    """Goes to a server."""


class ContinuedExperiment(_StaysOpen, comet_ml.ExistingExperiment):  # type: ignore[misc]
    """Goes on with one that a server has."""


def made(kind: type[Any], **arguments: Any) -> Any:
    """An experiment, without a word to the one that Comet takes for the process's."""
    with _making:
        before = get_global_experiment()
        set_global_experiment(None)
        try:
            experiment = kind(**QUIET, **arguments)
        finally:
            set_global_experiment(before)
    if experiment.alive:
        experiment._atexit_hook.disable()  # it would call it a success
    return experiment


def _shown(name: str, experiment: Any) -> Any:
    shown = {"flush": experiment.flush, "end": lambda *args, **kwargs: None, "start": _start}
    return shown.get(name, lambda *args, **kwargs: experiment)


def _start(*args: Any, **kwargs: Any) -> Any:
    """`comet_ml.start`, which in a tracked step joins the step's experiment."""
    given = inspect.signature(comet_ml.__dict__["start"]).bind(*args, **kwargs).arguments
    config = given.get("experiment_config")
    named = {"name": getattr(config, "name", None), "project": given.get("project") or given.get("project_name")}
    return _taken("comet_ml.start()", given, named, getattr(config, "tags", None))


def _join(kind: type[Any], *args: Any, **kwargs: Any) -> Any:
    """The step's experiment in the place of a new one; None outside of tracked steps."""
    if _module.current is None:
        return None
    given = inspect.signature(kind.__init__).bind_partial(None, *args, **kwargs).arguments
    named = {"project": given.get("project_name")}
    return _taken(f"comet_ml.{kind.__name__}()", {**given, **given.get("kwargs", {})}, named, None)


def _taken(call: str, given: Mapping[str, Any], named: Mapping[str, Any], tags: Any) -> Any:
    experiment = _module.current
    if isinstance(experiment, _StaysOpen) and experiment.untaken is not None:
        asked = {kind: given.get(kind) for kind in ("workspace", "experiment_key")}
        experiment.untaken.tell(call, **named, **asked)
        if tags:
            experiment.add_tags(list(tags))
    return experiment


def attach(experiment: Any) -> Callable[[], None]:
    """Make `experiment` the current one of this context, until the returned function is called."""
    detach = _module.attach(experiment)
    _replaced.hold()

    def undo() -> None:
        _replaced.release()
        detach()

    return undo


_module = StepModule("comet_ml", ("get_running_experiment", "get_global_experiment", "start", "end", "flush"), _shown)
_KINDS = (comet_ml.Experiment, comet_ml.OfflineExperiment)
_replaced = Replaced({kind: joining(kind, partial(_join, kind)) for kind in _KINDS})
