"""How far the senders of a run are, for whoever waits for its end and for people."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from zenml_trackers.delivery import budgets
from zenml_trackers.delivery.sender import Sender
from zenml_trackers.run import Run

logger = logging.getLogger("zenml_trackers")


class Progress:
    """Says how far it is after a while, and then again."""

    def __init__(self, senders: Sequence[Sender], run: Run) -> None:
        self._senders = senders
        self._run = run
        self._next = time.monotonic() + budgets.TOLD_FIRST

    def own(self) -> object:
        """What changes as long as any sender gets on."""
        if time.monotonic() > self._next:
            self._next = time.monotonic() + budgets.TOLD_AGAIN
            for sender in self._senders:
                if not sender.stopped and sender.rows < (rows := logged(sender, self._run)):
                    far = f"{sender.rows:,} of {rows:,} rows of metrics"
                    subject = sender.reporter.subject
                    logger.info("%s: storing the rest of the run, %s so far.", subject, far)
        return [sender.own_progress for sender in self._senders]

    def others(self) -> object:
        """What changes as long as those get on that the senders may have to wait for."""
        return [sender.others_progress for sender in self._senders]


def logged(sender: Sender, run: Run) -> int:
    """The rows of metrics of the run, those of its child processes too."""
    return run.rows + sender.rows_of_processes


def missing(sender: Sender, run: Run) -> str:
    """Which rows a tracker has not, as a sentence; empty if it has all."""
    rows = logged(sender, run)
    number = rows - sender.rows
    if number <= 0:
        return ""
    return f"{number:,} of the {rows:,} rows of metrics {'is' if number == 1 else 'are'} not stored."


def whereabouts(sender: Sender, run: Run) -> str:
    """What one of several trackers has of the run, and how people get to see it."""
    if sender.sink is None or not sender.reached:
        return f"{sender.name}: not reached."
    lost = missing(sender, run)
    losses = f", {lost.rstrip('.')}" if lost else ", with losses" if sender.reporter.troubled else ""
    calls = "1 call" if sender.records == 1 else f"{sender.records:,} calls"
    return f"{sender.name}: {calls} stored{losses}. {sender.sink.whereabouts}".rstrip()
