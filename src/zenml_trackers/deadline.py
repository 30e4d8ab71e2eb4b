"""Bounds on how long a tracker may hold up the step that it watches."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from zenml_trackers.errors import TrackerError, TrackerUnreachable

LOOK = 0.1
"""Seconds after which whoever waits looks again how far the tracker is."""
LONGEST_QUEUE = 6
"""How many times as long a call may wait for others that get on."""

T = TypeVar("T")


class Progress:
    """How far a call is, for whoever waits for it; this one never tells."""

    def own(self) -> int:
        """A number that changes as long as the call itself gets on."""
        return 0

    def others(self) -> int:
        """A number that changes as long as those get on that the call may have to wait for."""
        return 0


class Working(Generic[T]):
    """A call in a thread of its own, which holds up nothing once nobody waits for it any more."""

    def __init__(self, call: Callable[[], T], doing: str) -> None:
        self._call = call
        self._doing = doing
        self._results: list[T] = []
        self._errors: list[BaseException] = []
        self._join = in_thread(self._work, doing)

    @property
    def over(self) -> bool:
        """Whether it returned, or raised."""
        return bool(self._results or self._errors)

    def wait(self, seconds: float) -> bool:
        """Wait for so long at most; whether it is over."""
        self._join(seconds)
        return self.over

    def result(self) -> T:
        """What it returned, or what it raised."""
        if self._results:
            return self._results[0]
        error = self._errors[0]
        if isinstance(error, Exception):
            raise error
        raise TrackerError(f"{self._doing} ended with {type(error).__name__}: {error}")

    def _work(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as error:
            self._errors.append(error)


class Deadline:
    """The seconds without progress that all tracking of one step may take together; only time in `run` counts."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.left = seconds

    def run(self, call: Callable[[], T], doing: str, share: float = 1.0, progress: Progress | None = None) -> T:
        """The result of `call`, for which at most `share` of what is left is waited without any progress.

        The call runs in a thread of its own, which is left behind if it is late. What a signal's handler raises
        meanwhile is raised when the call is over, since a run that is half begun or half ended would be lost; the
        second time at once.

        Args:
            call: What may take its time.
            doing: What it does, for the error.
            share: How much of what is left it may take.
            progress: How far it is. The waiting begins anew as long as the call gets on; as long as only others do, it
                lasts no longer than `LONGEST_QUEUE` times as long.

        Raises:
            TrackerUnreachable: The call was late; the message says what was being done.
        """
        patience = self.left * share
        working, seen = Working(call, doing), progress or Progress()
        try:
            self._wait(working, patience, seen)
        except BaseException:
            self._wait(working, patience, seen)
            raise
        if not working.over:
            raise TrackerUnreachable(_late(doing, patience, stood=progress is not None and progress.own() > 0))
        return working.result()

    def _wait(self, working: Working[T], patience: float, progress: Progress) -> None:
        own, others = progress.own(), progress.others()
        moved = seen = now = time.monotonic()
        while not working.over and now < min(seen + patience, moved + patience * LONGEST_QUEUE):
            working.wait(min(LOOK, seen + patience - now))
            now = time.monotonic()
            if own != (own := progress.own()):
                moved = seen = now
            if others != (others := progress.others()):
                seen = now
        self.left = max(0.0, self.left - (now - seen))


def bounded(call: Callable[[], T], seconds: float, doing: str) -> T:
    """The result of `call`, or a `TrackerUnreachable` after `seconds`; its own errors pass through."""
    working = Working(call, doing)
    if not working.wait(seconds):
        raise TrackerUnreachable(_late(doing, seconds))
    return working.result()


def in_thread(work: Callable[[], None], doing: str) -> Callable[[float | None], None]:
    """Begin `work` in a thread that holds up nothing; what is returned waits for its end, for so many seconds.

    It does not join the thread: Python takes one for ended whose `join` was left by a signal's exception (in 3.11).
    """
    told: queue.SimpleQueue[None] = queue.SimpleQueue()
    over = threading.Event()

    def run() -> None:
        try:
            work()
        finally:
            over.set()
            told.put(None)

    def wait(seconds: float | None) -> None:
        if not over.is_set():
            with suppress(queue.Empty):
                told.get(timeout=seconds)

    try:
        threading.Thread(target=run, name=f"zenml-trackers: {doing}", daemon=True).start()
    except RuntimeError:  # Python is ending, and starts no threads any more
        run()
    return wait


def _late(doing: str, seconds: float, stood: bool = False) -> str:
    late = "made no progress for" if stood else "took longer than"
    return f"{doing} {late} the {seconds:.1f} s that were left for it"
