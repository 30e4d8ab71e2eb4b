"""How trouble with a tracker reaches the user: once, by name, without secrets, and never as the step's own failure."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from zenml_trackers.deadline import Progress
from zenml_trackers.errors import TrackerError
from zenml_trackers.interruption import let_through

logger = logging.getLogger("zenml_trackers")

SHORTEST_SECRET = 4
"""Shorter values are too common in ordinary text to be taken out of it."""
FIRST_TOLD, TOLD_AGAIN = 2.0, 10.0
"""Seconds after which whoever waits for the end of a run is told how far it is, and then again."""


class Redactor:
    """Takes known secrets out of text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = sorted({s for s in secrets if len(s) >= SHORTEST_SECRET}, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """The text with each secret starred out."""
        for secret in self._secrets:
            text = text.replace(secret, "********")
        return text


class Rows:
    """The rows of metrics of one run: a call of `log` is one."""

    def __init__(self) -> None:
        self.logged = 0
        self.ask: Callable[[], int | None] = lambda: None
        """How many of them the store has, if it can tell."""
        self._counting = threading.Lock()

    def count(self) -> None:
        """One more was logged."""
        with self._counting:
            self.logged += 1

    @property
    def stored(self) -> int | None:
        """How many of them the store has; None if it can't tell."""
        return _asked(self.ask)

    @property
    def missing(self) -> int:
        """How many the store has not, or not yet; 0 if it can't tell."""
        stored = self.stored
        return 0 if stored is None else max(0, self.logged - stored)

    def told(self) -> str:
        """What is missing, as a sentence; empty if nothing is."""
        if not (missing := self.missing):
            return ""
        are = "is" if missing == 1 else "are"
        return f"{missing:,} of the {self.logged:,} rows of metrics {are} not stored."


class Reporter:
    """Says what was lost of one run, each thing once; if strict, raises it instead."""

    def __init__(self, subject: str, redact: Redactor, strict: bool) -> None:
        self.subject = subject
        self.redact = redact
        self.strict = strict
        self.rows = Rows()
        self._said: set[str] = set()

    @property
    def troubled(self) -> bool:
        """Whether anything was warned of."""
        return bool(self._said)

    def trouble(self, error: Exception, lost: str, topic: str) -> None:
        """Warn of `error` and of what was `lost` by it, unless `topic` was warned of before.

        Raises:
            TrackerError: The error itself, if strict.
        """
        if self.strict:
            raise self.named(error) from None
        self.warn(error, lost, topic)

    def warn(self, error: Exception, lost: str, topic: str) -> None:
        """As `trouble`, where nobody could catch what is raised."""
        safe = self.named(error)
        if topic not in self._said:
            self._said.add(topic)
            logger.warning("%s: %s %s", self.redact(self.subject), _sentence(str(safe)), lost)

    def named(self, error: Exception) -> TrackerError:
        """The error as one of ours, its message without secrets."""
        said = self.redact(_told(error))
        if isinstance(error, TrackerError):
            with suppress(Exception):  # another package's error may want to be made in another way
                return type(error)(said)
        return TrackerError(f"{type(error).__name__}: {said}")


def _told(error: Exception) -> str:
    try:
        return str(error)
    except Exception:
        return "it can't be shown"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else text + "."


class EndProgress(Progress):
    """How far a store is with a run that is ending. Whoever waits for it is told after a while, and then again."""

    def __init__(self, reporter: Reporter, others: Callable[[], int]) -> None:
        self._reporter = reporter
        self._others = others
        self._next = time.monotonic() + FIRST_TOLD

    def own(self) -> int:
        """How many rows are stored."""
        rows = self._reporter.rows
        stored = rows.stored or 0
        if time.monotonic() > self._next and rows.missing:
            self._next = time.monotonic() + TOLD_AGAIN
            far = f"{stored:,} of {rows.logged:,} rows of metrics"
            logger.info("%s: storing the rest of the run, %s so far.", self._reporter.subject, far)
        return stored

    def others(self) -> int:
        """What the sink says of those that it waits for."""
        return _asked(self._others) or 0


def _asked(number: Callable[[], int | None]) -> int | None:
    """What a sink says of itself; None if it fails at that."""
    try:
        return number()
    except Exception as error:
        let_through(error)
        return None
