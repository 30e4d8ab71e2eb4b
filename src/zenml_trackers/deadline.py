"""Bounds on how long a tracker may hold up the step that it watches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from zenml_trackers.errors import TrackerError, TrackerUnreachable

T = TypeVar("T")


class Deadline:
    """The seconds that all tracking of one step may take together; only time spent in `run` counts."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.left = seconds

    def run(self, call: Callable[[], T], doing: str, share: float = 1.0) -> T:
        """The result of `call`, for which at most `share` of what is left is waited.

        The call runs in a thread of its own, which is left behind if it is late.

        Raises:
            TrackerUnreachable: The call was late; the message says what was being done.
        """
        started = time.monotonic()
        try:
            return bounded(call, self.left * share, doing)
        finally:
            self.left = max(0.0, self.left - (time.monotonic() - started))


def bounded(call: Callable[[], T], seconds: float, doing: str) -> T:
    """The result of `call`, or a `TrackerUnreachable` after `seconds`; its own errors pass through."""
    results: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)

    in_thread(work, doing)(seconds)
    if results:
        return results[0]
    if not errors:
        raise TrackerUnreachable(f"{doing} took longer than the {seconds:.1f} s that were left for it")
    if isinstance(errors[0], Exception):
        raise errors[0]
    raise TrackerError(f"{doing} ended with {type(errors[0]).__name__}: {errors[0]}")


def in_thread(work: Callable[[], None], doing: str) -> Callable[[float | None], None]:
    """Begin `work` in a thread that holds up nothing; what is returned waits for its end, for so many seconds."""
    thread = threading.Thread(target=work, name=f"zenml-trackers: {doing}", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # Python is ending, and starts no threads any more
        work()
        return lambda seconds: None
    return thread.join
