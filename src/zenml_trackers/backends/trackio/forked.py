"""Trackio's run of a step in a process that was forked from the step's: numbers go into the journal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import trackio

logger = logging.getLogger("zenml_trackers")

QUIET = frozenset({"finish"})
"""What has nothing to do there, and loses nothing."""
UPLOAD = "_queue_upload"
"""What `trackio.save` calls."""


@cache
def forked_class(base: type[Any]) -> type[Any]:
    """The class of a run there, all of whose other methods refuse.

    Args:
        base: That of the run in the step's own process.
    """
    public = (name for name, value in vars(trackio.Run).items() if callable(value) and not name.startswith("_"))
    refused = {name: _refusing(name) for name in (*public, UPLOAD)}
    return type("ForkedRun", (base,), {**refused, "log": _log})


def _log(self: Any, metrics: Any, step: int | None = None) -> None:
    """Numbers are logged as by the step itself; others are refused by their names."""
    if self.run is not None and isinstance(metrics, Mapping):
        self.run.log(metrics, step)
    else:
        _warn(self.name, "log")


def _refusing(name: str) -> Callable[..., None]:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> None:
        if name not in QUIET:
            _warn(self.name, name.strip("_"))

    return refuse


@cache  # once in each process
def _warn(run: str, call: str) -> None:
    told = "works in the step's own process alone; what this one gave to it is lost. Numbers can be logged here"
    logger.warning("run %r: Trackio's %s() %s.", run, call, told)
