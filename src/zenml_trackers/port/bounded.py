"""Calls in threads of their own, which hold up nothing once nobody waits for them any more."""

from __future__ import annotations

import atexit
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar
from weakref import WeakSet

from zenml_trackers.errors import TrackerError, TrackerUnreachable

T = TypeVar("T")

LOOK = 0.1
"""Seconds after which whoever waits looks whether it gets on."""
AT_EXIT = 2.0
"""Seconds that the end of the process waits for threads to come to an end."""
_begun: WeakSet[threading.Thread] = WeakSet()
_process_ends = threading.Event()


def process_ends() -> bool:
    """Whether the process is about to end, so that whoever works in a thread should come to an end too."""
    return _process_ends.is_set()


def is_own_thread() -> bool:
    """Whether the current thread was started by `in_thread`, and so belongs to no step."""
    return threading.current_thread() in _begun


@atexit.register
def _wait_at_exit() -> None:
    """Python ends a thread where it stands; in the middle of a library in Rust or C++ that aborts the process."""
    _process_ends.set()
    until = time.monotonic() + AT_EXIT
    for thread in list(_begun):
        if thread.is_alive() and (left := until - time.monotonic()) > 0:
            thread.join(left)


def in_thread(work: Callable[[], None], doing: str) -> threading.Thread:
    """Begin `work` in a thread that is left behind when the process ends.

    Raises:
        RuntimeError: Python is ending, and starts no threads any more.
    """
    thread = threading.Thread(target=work, name=f"zenml-trackers: {doing}", daemon=True)
    _begun.add(thread)
    thread.start()
    return thread


def bounded(call: Callable[[], T], seconds: float, doing: str, progress: Callable[[], object] = lambda: None) -> T:
    """The result of `call`.

    It does not join the thread: Python takes one for ended whose `join` was left by a signal's exception (in 3.11).

    Args:
        call: What is to be done.
        seconds: How long it may take.
        doing: What it does, for the message.
        progress: What changes as long as it gets on; then the time begins anew.

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
    _wait(over, seconds, progress)
    if results:
        return results[0]
    if not errors:
        raise TrackerUnreachable(f"{doing} took longer than {seconds:.1f} s")
    if isinstance(errors[0], Exception):
        raise errors[0]
    raise TrackerError(f"{doing} ended with {type(errors[0]).__name__}: {errors[0]}")


def _wait(over: queue.SimpleQueue[None], seconds: float, progress: Callable[[], object]) -> None:
    last, until = progress(), time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        with suppress(queue.Empty):
            over.get(timeout=min(left, LOOK))
            return
        if last != (last := progress()):
            until = time.monotonic() + seconds
