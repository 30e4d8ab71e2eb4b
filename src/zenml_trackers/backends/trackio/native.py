"""Trackio's own calls in a tracked step: they reach the step's run, join it, and don't end it.

Uses `trackio.context_vars`, `_space_id`, `_write_token` and `_warn_once` of Trackio's run, its `_queue_lock` (0.43) or
`_client_lock` (0.24 to 0.42), its threads, and replaces `trackio.init` and `trackio.finish` while a tracked step runs
(0.24 to 0.43). Outside tracked steps both do what they always did, and in threads that may belong to any of several.
In a forked process what is no number is refused: Trackio's threads are not in it, and its locks may be held for good.
"""

from __future__ import annotations

import inspect
import logging
import os
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from contextvars import ContextVar
from typing import Any

import trackio
from packaging.version import Version
from trackio import media
from trackio.sqlite_storage import SQLiteStorage
from trackio.utils import RESERVED_KEYS, to_json_safe

from zenml_trackers.backends.trackio import threads
from zenml_trackers.backends.trackio.forked import forked_class
from zenml_trackers.backends.trackio.threads import VARIABLES, Values
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.steps import INT64, need_step
from zenml_trackers.model.values.numbers import number
from zenml_trackers.model.values.params import Conversion, params
from zenml_trackers.port.backend import StepLog
from zenml_trackers.port.bounded import bounded

logger = logging.getLogger("zenml_trackers")

LEAVES_OUT_WHAT_IT_CANNOT_STORE = Version(trackio.__version__) >= Version("0.42")
"""Older releases lose all that waits to be sent, for the sake of one value."""

PLAIN = frozenset({bool, int, float})
INTEGERS = range(-(2**63), 2**64)

_NOTHING: Values = {}

_original_init = trackio.init
_original_finish = trackio.finish
attached: list[Any] = []
"""The runs of all tracked steps of the process, in all threads."""
_held: ContextVar[tuple[Any, ...]] = ContextVar("zenml_trackers_trackio_runs", default=())
_outer: ContextVar[Values] = ContextVar("zenml_trackers_trackio_outer", default=_NOTHING)


# What Trackio could not send to a server it promises to send later, and never does. The sink says what is lost.
warnings.filterwarnings("ignore", message=r"\* Some logs could not be sent to the remote server")


UNDELIVERED = "some of what was logged could not be sent, and is only in Trackio's local folder"


class StepRun(trackio.Run):  # type: ignore[misc]  # Trackio ships no types
    """A Trackio run that stays open until its step is over."""

    run: StepLog | None = None
    """The run of the step, in whose journal plain numbers go, and from which all else takes its metric steps."""

    def __init__(self, **arguments: Any) -> None:
        self.losses: dict[str, str] = {}
        super().__init__(**arguments)

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """As Trackio's own; what can't be stored is left out, with a warning."""
        if self.run is not None and isinstance(metrics, Mapping) and all(map(_is_number, metrics.values())):
            self.run.log(metrics, step)
        elif isinstance(metrics, Mapping):
            self._log_some(metrics, step)
        else:
            super().log(metrics, step)  # which says what is wrong

    def _log_some(self, metrics: Mapping[str, Any], step: int | None) -> None:
        """What can be stored; if nothing can, no step is used up."""
        kept, refused = _kept(metrics)
        try:
            need_step(metrics, step or 0, INT64)  # it would have SQLite refuse the whole batch
        except UnstorableValue as failure:
            kept, refused = {}, [failure]
        leaves_out = LEAVES_OUT_WHAT_IT_CANNOT_STORE and kept
        for error in () if leaves_out else refused:
            logger.warning("%s The other values are logged.", error)
        if kept or not refused:
            self.show(
                {**metrics, **kept} if leaves_out else kept, self.run.steps.at(step) if self.run is not None else step
            )

    def show(self, values: Mapping[str, Any], step: int | None) -> None:
        """Log by Trackio's own means, in the threads of its run."""
        super().log(values, step)

    def _warn_once(self, key: str, message: str) -> None:
        """Keep what Trackio would warn of: one warning is to tell of it, when the step is over."""
        self.losses.setdefault(key, message)

    def _flush_local_buffer(self) -> bool:
        """Once more when the run ends; Trackio would go on trying for as long as the process lives."""
        delivered: bool = super()._flush_local_buffer()
        if not delivered and self._stop_flag.is_set():
            self.losses.setdefault("undelivered", UNDELIVERED)
            self._has_local_buffer = False
        return delivered

    def finish(self) -> None:
        """Nothing yet: the step may go on, and its end finishes the run."""

    def really_finish(self) -> None:
        """Deliver all that is queued and stop Trackio's threads; as Trackio's own, but without words and without limit.

        Trackio's own gives up after 30 seconds, and says of local runs too that it uploads them. Whoever calls this
        has a deadline.
        """
        for monitor in (self._gpu_monitor, getattr(self, "_cpu_monitor", None)):
            if monitor is not None:
                monitor.stop()
        self._stop_flag.set()
        if sender := self._local_sender_thread if self._is_local else self._client_thread:
            sender.join()
        else:  # it could not be started
            with nullcontext() if hasattr(self, "_queue_lock") else self._client_lock:
                self._flush_queues_inline()
        bucket = getattr(self, "_bucket_id", None)  # from 0.30
        if bucket is not None and SQLiteStorage.has_pending_data(self.project):
            self._has_local_buffer = True
            self._drain_pending_to_bucket()


def _is_number(value: Any) -> bool:
    """Whether it is a number, of whatever library; Trackio refuses those that are not Python's or NumPy's."""
    if type(value) in PLAIN:
        return type(value) is not int or value in INTEGERS
    try:
        number(value, "")
    except UnstorableValue:
        return False
    return not _is_shown(value)


def _kept(metrics: Mapping[str, Any]) -> tuple[dict[str, Any], list[UnstorableValue]]:
    """What Trackio can store as it is, and an error for each value that it can't."""
    kept: dict[str, Any] = {}
    refused: list[UnstorableValue] = []
    for name, value in metrics.items():
        conversion = Conversion()
        if _is_number(value):
            plain = number(value, repr(name))
        else:
            plain = value if _is_shown(value) else conversion.plain(value, repr(name))
        if isinstance(name, str) and not conversion.odd:
            kept[name] = plain
        else:
            refused += conversion.odd[:1] or [UnstorableValue(f"{name!r} is no name; names are text.")]
    return kept, refused


def is_reserved(name: str) -> bool:
    """Whether Trackio keeps the name for itself, and has another one for a metric that is called so."""
    return name in RESERVED_KEYS or name.startswith("__")


def _is_shown(value: Any) -> bool:
    """Whether it is of one of Trackio's own kinds, or a figure that Trackio makes one of (from 0.36)."""
    is_figure = getattr(getattr(media, "TrackioHtml", None), "is_loggable_figure", None)
    return hasattr(value, "_to_dict") or (is_figure is not None and is_figure(value))


def attach(native: Any) -> Callable[[], None]:
    """Make `native` the current run of this context, until the returned function is called."""
    if not _held.get():
        _outer.set({var: var.get() for var in _values(native)})
    _held.set((*_held.get(), native))
    attached.append(native)
    _show(native)
    _patches.hold(_config_of(native))
    return lambda: _detach(native)


def _detach(native: Any) -> None:
    _finish_stray()
    remaining = tuple(held for held in _held.get() if held is not native)
    _held.set(remaining)
    attached.remove(native)
    if remaining:
        _show(remaining[-1])
    else:
        for var, value in _outer.get().items():
            var.set(value)
        _outer.set(_NOTHING)
    _patches.release()


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
    found = tuple(attached)
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

    def release(self) -> None:
        with self.lock:
            self._holders -= 1
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
