"""Trackio's own calls in a tracked step: they reach the step's run, join it, and don't end it.

Uses `trackio.context_vars`, `_space_id` and `_write_token` of Trackio's run, and replaces `trackio.init` and
`trackio.finish` while a tracked step runs (0.24 to 0.43). Outside tracked steps both do what they always did, and in
threads that may belong to any of several. In a forked process what is no number is refused: Trackio's threads are not
in it, and its locks may be held for good.
"""

from __future__ import annotations

import inspect
import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

import trackio
from trackio.utils import to_json_safe

from zenml_trackers.backends.trackio import threads
from zenml_trackers.backends.trackio.forked import forked_class
from zenml_trackers.backends.trackio.step_run import StepRun
from zenml_trackers.backends.trackio.threads import VARIABLES, Values
from zenml_trackers.model.values.params import params
from zenml_trackers.port.bounded import bounded
from zenml_trackers.port.nested import is_nested

logger = logging.getLogger("zenml_trackers")

_NOTHING: Values = {}

_original_init = trackio.init
_original_finish = trackio.finish
attached: list[Any] = []
"""The runs of all tracked steps of the process, in all threads."""
_nested: list[Any] = []
"""Those of them that are nested in another one."""
_held: ContextVar[tuple[Any, ...]] = ContextVar("zenml_trackers_trackio_runs", default=())
_outer: ContextVar[Values] = ContextVar("zenml_trackers_trackio_outer", default=_NOTHING)


def attach(native: Any) -> Callable[[], None]:
    """Make `native` the current run of this context, until the returned function is called."""
    if not _held.get():
        _outer.set({var: var.get() for var in _values(native)})
    _held.set((*_held.get(), native))
    attached.append(native)
    if is_nested():
        _nested.append(native)
    _show(native)
    _patches.hold(_config_of(native))
    return lambda: _detach(native)


def _detach(native: Any) -> None:
    _finish_stray()
    remaining = tuple(held for held in _held.get() if held is not native)
    _held.set(remaining)
    attached.remove(native)
    if native in _nested:
        _nested.remove(native)
    if remaining:
        _show(remaining[-1])
    else:
        for var, value in _outer.get().items():
            var.set(value)
        _outer.set(_NOTHING)
    _patches.release((remaining or _only())[-1:])


def _finish_stray() -> None:
    """End a run that the step started past us, with an `init` that it had imported before."""
    current = VARIABLES["run"].get()
    if current is None or current in _held.get() or current is _outer.get().get(VARIABLES["run"]):
        return
    try:
        bounded(current.finish, 2.0, f"finishing the run {current.name!r} that the step started")
    except Exception as error:
        logger.warning("A Trackio run that the step started itself could not be finished: %s", error)


def _show(native: Any) -> None:
    for var, value in _values(native).items():
        var.set(value)


def _values(native: Any) -> dict[ContextVar[Any], Any]:
    """What `trackio.init` would have set for this run; an inert one has no place."""
    real = isinstance(native, StepRun)
    return {
        VARIABLES["run"]: native,
        VARIABLES["project"]: native.project if real else None,
        VARIABLES["server"]: native.url if real else None,
        VARIABLES["space_id"]: native._space_id if real else None,
        VARIABLES["server_write_token"]: native._write_token if real else None,
    }


def _current() -> Any:
    """The run of this context's step, or of the only step; None if there is none, or several."""
    held = _held.get() or _only()
    return held[-1] if held else None


def _only() -> tuple[Any, ...]:
    """The run of the only step, in a tuple; empty if there is none, or several."""
    found = tuple(run for run in attached if run not in _nested)
    return found if len(found) == 1 else ()


def _values_of_only() -> Values:
    """What the only tracked step shows to threads with a context of their own."""
    return next(map(_values, _only()), _NOTHING)


def _config_of(native: Any) -> Any:
    return native.config if isinstance(native, StepRun) else {}


def _init(*args: Any, **kwargs: Any) -> Any:
    """`trackio.init`, which in a tracked step joins the step's run, as W&B's does."""
    run = _current()
    if run is None:
        return _original_init(*args, **kwargs)
    if not isinstance(run, StepRun):
        return run
    given = inspect.signature(_original_init).bind(*args, **kwargs).arguments
    logger.info(
        "trackio.init(project=%r) joins the run %r of this step, so that nothing lands elsewhere; "
        "its config is kept, its other arguments don't apply.",
        given.get("project"),
        run.name,
    )
    if _held.get():  # what a thread is shown besides goes with the step
        _show(run)
    trackio.config = run.config
    _join(run, given.get("config") or {})
    return run


def _join(run: StepRun, config: Mapping[str, Any]) -> None:
    """Keep the config that the step gave to `trackio.init`."""
    values, refused = params(to_json_safe(dict(config)))
    for error in refused:
        logger.warning("%s The rest of the config is stored.", error)
    if values and run.run is not None:
        run.run.log_params(values)


def _finish() -> None:
    """`trackio.finish`, which in a tracked step leaves the run to the step's end."""
    if _current() is None:
        _original_finish()


class _Patches:
    """Our `init` and `finish` in the place of Trackio's, as long as any tracked step of the process needs them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._holders = 0
        self._outer_config: Any = None

    def hold(self, config: Any) -> None:
        with self.lock:
            if self._holders == 0:
                self._outer_config = trackio.config
                trackio.init, trackio.finish = _init, _finish
                threads.show(_values_of_only)
            self._holders += 1
            trackio.config = config

    def release(self, left: Sequence[Any]) -> None:
        """Undo `hold`; the config is then that of the run that is left here, if one is."""
        with self.lock:
            self._holders -= 1
            for run in left:
                trackio.config = _config_of(run)
            if self._holders == 0:
                trackio.init, trackio.finish = _original_init, _original_finish
                threads.hide()
                trackio.config = self._outer_config


_patches = _Patches()


def _in_child() -> None:
    """In a forked process: nothing that needs Trackio's own locks or threads, nor a lock of ours that others held."""
    _patches.lock = threading.Lock()
    for run in attached:
        if isinstance(run, StepRun):
            run.__class__ = forked_class(StepRun)


os.register_at_fork(after_in_child=_in_child)
