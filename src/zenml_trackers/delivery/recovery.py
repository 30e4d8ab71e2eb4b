"""Journals that a process left behind: found, and delivered by whoever can reach their trackers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from zenml_trackers.delivery import budgets, place
from zenml_trackers.delivery.cursor import Cursor
from zenml_trackers.delivery.journal import RECORDS, Header, Journal, read_header
from zenml_trackers.delivery.lines import END
from zenml_trackers.delivery.patience import Patience
from zenml_trackers.delivery.receiver import Receiver
from zenml_trackers.delivery.release import release
from zenml_trackers.delivery.sender import Sender
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.losses import Redactor, Reporter
from zenml_trackers.model.records import End, RunError, RunSpec, Status
from zenml_trackers.port.bounded import in_thread

logger = logging.getLogger("zenml_trackers")

NEVER_ENDED = RunError(type="RunNeverEnded", message="The process ended before the run did.")

Ended = Callable[[RunSpec], End | None]
"""How the step of a run ended, as ZenML knows it; None if it does not know."""
Find = Callable[[Header], Sequence[Receiver]]
"""The trackers of a journal; none if they can't be reached from here."""


@dataclass(frozen=True)
class Left:
    """A journal that is there."""

    folder: Path
    header: Header


def left(root: Path | None = None) -> Iterator[Left]:
    """All journals where they are kept, or in that folder, the oldest first; those of living processes too."""
    for folder in place.folders(root):
        try:
            yield Left(folder, read_header(folder))
        except (OSError, ValueError):  # it is only being made, or a later release made it
            continue


class Delivery:
    """One journal that is delivered in the place of the process that began it."""

    def __init__(self, journal: Journal, receivers: Sequence[Receiver], ended: Ended) -> None:
        """Begin.

        Args:
            journal: Held, so that nobody else does the same.
            receivers: Its trackers.
            ended: Asked for the end of a run that a process did not live to see.
        """
        spec = journal.header.spec
        self.reporter = Reporter(f"run {spec.name!r} of a process that ended", Redactor(), strict=False)
        self._over = False
        self._journal = journal
        self._changed: SimpleQueue[None] = SimpleQueue()
        journal.announce_end()  # to child processes that outlived the run's own
        self._senders = [Sender(each, journal, number, self.reporter) for number, each in enumerate(receivers)]
        end = _end_in(journal) or _with_time(ended(spec) or End(status=Status.FAILED, error=NEVER_ENDED), journal)
        for sender in self._senders:
            sender.start(self._changed, self._release)
            sender.finish(end)

    @property
    def progress(self) -> object:
        """What changes as long as it gets on."""
        return [sender.own_progress for sender in self._senders]

    @property
    def error(self) -> Exception | None:
        """Why not all is delivered; None if all is."""
        late = TrackerUnreachable("the tracker takes nothing")
        return next((sender.error or late for sender in self._senders if not sender.done), None)

    def wait(self, seconds: float) -> bool:
        """Wait for as long as it gets on, and then for so many seconds; whether all is delivered, and it is gone."""
        over = lambda: all(each.stopped or each.is_hopeless for each in self._senders)  # noqa: E731
        Patience(seconds).wait(over, self._changed, own=lambda: self.progress)
        for sender in self._senders:
            sender.give_up()
        Patience(budgets.THREAD).wait(lambda: all(each.stopped for each in self._senders), self._changed)
        for sender in self._senders:
            sender.join()
        self._over = True
        self._release()
        return all(sender.done for sender in self._senders)

    def _release(self) -> None:
        if self._over:
            release(self._journal, self._senders)


def taken(folder: Path) -> Journal | None:
    """The journal, held from now on; None if a living process holds it, or it is gone."""
    try:
        return Journal(folder)
    except (OSError, ValueError):
        return None


def taken_in_time(folder: Path) -> Journal | None:
    """As `taken`, but a process whose run is over, and whose tracker holds it up, is waited for."""
    until = time.monotonic() + budgets.LETTING_GO
    while (journal := taken(folder)) is None and _is_over(folder) and time.monotonic() < until:
        time.sleep(budgets.LOOK)
    return journal


def _is_over(folder: Path) -> bool:
    """Whether the run has ended, whoever holds its journal."""
    with suppress(OSError):
        return END in b"\n" + (folder / RECORDS).read_bytes()
    return False


class Recovery:
    """Delivers what was left for some trackers, in a thread, while a run of today goes on."""

    def __init__(self, find: Find, ended: Ended, afterwards: Callable[[], None] = lambda: None) -> None:
        """Nothing is looked for yet.

        Args:
            find: The trackers of a journal.
            ended: How a step ended.
            afterwards: Called when what could be delivered is.
        """
        self._find = find
        self._ended = ended
        self._afterwards = afterwards
        self._over = False
        self._thread: Thread | None = None
        self.stopped = True

    def start(self, own: Path, changed: SimpleQueue[None], seconds: float) -> None:
        """Begin, if there is any other journal.

        Args:
            own: That of the run of today.
            changed: Is put something when it is over.
            seconds: How long one tracker may stand still.
        """
        if place.has_other(own):
            self.stopped = False
            self._thread = in_thread(partial(self._work, changed, seconds), "delivery of what was left")

    def give_up(self) -> None:
        """Begin no other."""
        self._over = True

    def join(self) -> None:
        """Wait until its thread is gone, if it does nothing any more."""
        if self.stopped and self._thread is not None:
            self._thread.join(budgets.THREAD)

    def _work(self, changed: SimpleQueue[None], seconds: float) -> None:
        try:
            for each in left():
                receivers = () if self._over else self._find(each.header)
                journal = taken(each.folder) if receivers else None
                if journal is not None:
                    Delivery(journal, receivers, self._ended).wait(seconds)
            self._afterwards()
        except Exception as error:  # of a folder that others change meanwhile, or a tracker's class
            logger.debug("What was left is not delivered now: %s", error)
        finally:
            self.stopped = True
            changed.put(None)


def _with_time(end: End, journal: Journal) -> End:
    """What nobody knows the time of was when something was logged last, or not long after."""
    return end if end.time is not None else end.model_copy(update={"time": journal.changed})


def _end_in(journal: Journal) -> End | None:
    """How the run ended, if its process lived to say so."""
    cursor = Cursor(journal)
    while batch := cursor.next(budgets.BATCH):
        if isinstance(batch[-1], End):
            return batch[-1]
    return None
