"""Trackio's run of a tracked step, which stays open until the step is over.

Uses `_warn_once` of Trackio's run, its `_queue_lock` (0.43) or `_client_lock` (0.24 to 0.42), and its threads.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from functools import lru_cache
from typing import Any

import trackio
from packaging.version import Version
from trackio import media
from trackio.sqlite_storage import SQLiteStorage
from trackio.utils import RESERVED_KEYS

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.steps import INT64, need_step
from zenml_trackers.model.values.numbers import number
from zenml_trackers.model.values.params import Conversion
from zenml_trackers.model.values.text import as_key
from zenml_trackers.port.backend import StepLog

logger = logging.getLogger("zenml_trackers")

LEAVES_OUT_WHAT_IT_CANNOT_STORE = Version(trackio.__version__) >= Version("0.42")
"""Older releases lose all that waits to be sent, for the sake of one value."""

PLAIN = frozenset({bool, int, float})
INTEGERS = range(-(2**63), 2**64)

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
            values = {**metrics, **_numbers(metrics)} if leaves_out else kept
            self.show(values, self.run.steps.at(step) if self.run is not None else step)

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
        try:
            kept[as_key(name, repr(name))] = _plain(value, repr(name))
        except UnstorableValue as error:
            refused.append(error)
    return kept, refused


def _numbers(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Those of any library as Python's, which Trackio stores."""
    return {name: number(value, repr(name)) for name, value in metrics.items() if _is_number(value)}


def _plain(value: Any, where: str) -> Any:
    """A number, one of Trackio's own kinds, or what JSON holds without being made text."""
    if _is_shown(value):
        return value
    conversion = Conversion()
    plain = number(value, where) if _is_number(value) else conversion.plain(value, where)
    if conversion.odd:
        raise conversion.odd[0]
    if isinstance(value, (set, frozenset)) or (isinstance(plain, str) and not isinstance(value, str)):
        raise UnstorableValue(f"{where} is of type {type(value).__name__}, which Trackio does not log.")
    return plain


@lru_cache(maxsize=10_000)
def stored_name(name: str) -> str:
    """The name of a metric in Trackio, which keeps some for itself."""
    return f"__{name}" if name in RESERVED_KEYS or name.startswith("__") else name


def _is_shown(value: Any) -> bool:
    """Whether it is of one of Trackio's own kinds, or a figure that Trackio makes one of (from 0.36)."""
    is_figure = getattr(getattr(media, "TrackioHtml", None), "is_loggable_figure", None)
    return hasattr(value, "_to_dict") or (is_figure is not None and is_figure(value))
