"""Calls that may never return, in threads that nobody waits for longer than is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextvars import copy_context
from functools import partial
from typing import TypeVar

from tracker_contracts.drivers.expect import BrokenPromise

Result = TypeVar("Result")

NAME = "tracker-contracts-step"
"""What the threads are called in which steps run; one that goes on after its trial spoils the process for others."""
MOMENT = 0.2
"""Seconds."""


def start(call: Callable[[], object]) -> threading.Thread:
    """Begin the call in a thread with a context of its own."""
    thread = threading.Thread(target=copy_context().run, args=(call,), name=NAME, daemon=True)
    thread.start()
    return thread


def together(calls: Sequence[Callable[[], Result]], seconds: float) -> list[Result]:
    """What the calls return, all made at the same time; what one raises is raised.

    Raises:
        BrokenPromise: One goes on for longer.
    """
    futures = [Future[Result]() for _ in calls]
    for call, future in zip(calls, futures, strict=True):
        start(partial(_settle, future, call))
    if wait(futures, seconds).not_done:
        raise BrokenPromise(f"a step, with its hooks, had not ended after {seconds:.0f} s")
    return [future.result() for future in futures]


def left_behind() -> bool:
    """Whether a step still goes on; one that just said its last word may take a moment to end."""
    threads = [thread for thread in threading.enumerate() if thread.name == NAME]
    for thread in threads:
        thread.join(MOMENT)
    return any(thread.is_alive() for thread in threads)


def _settle(future: Future[Result], call: Callable[[], Result]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:
        future.set_exception(error)
