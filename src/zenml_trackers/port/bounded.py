"""Calls in threads of their own, which hold up nothing once nobody waits for them any more."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from zenml_trackers.errors import TrackerError, TrackerUnreachable

T = TypeVar("T")


def in_thread(work: Callable[[], None], doing: str) -> threading.Thread:
    """Begin `work` in a thread that is left behind when the process ends.

    Raises:
        RuntimeError: Python is ending, and starts no threads any more.
    """
    thread = threading.Thread(target=work, name=f"zenml-trackers: {doing}", daemon=True)
    thread.start()
    return thread


def bounded(call: Callable[[], T], seconds: float, doing: str) -> T:
    """The result of `call`.

    It does not join the thread: Python takes one for ended whose `join` was left by a signal's exception (in 3.11).

    Raises:
        TrackerUnreachable: It took longer than that; the message says what was being done.
        Exception: What the call raised.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    over: queue.SimpleQueue[None] = queue.SimpleQueue()

    def work() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)
        finally:
            over.put(None)

    in_thread(work, doing)
    with suppress(queue.Empty):
        over.get(timeout=seconds)
    if results:
        return results[0]
    if not errors:
        raise TrackerUnreachable(f"{doing} took longer than {seconds:.1f} s")
    if isinstance(errors[0], Exception):
        raise errors[0]
    raise TrackerError(f"{doing} ended with {type(errors[0]).__name__}: {errors[0]}")
