"""Letting go of a journal."""

from __future__ import annotations

from collections.abc import Sequence

from zenml_trackers.delivery.journal import Journal
from zenml_trackers.delivery.sender import Sender


def release(journal: Journal, senders: Sequence[Sender]) -> None:
    """Let go of a journal, or take it away, once none of its senders works any more: one may hang in a library."""
    if all(each.stopped for each in senders):
        journal.delete() if all(each.done for each in senders) else journal.close()
