"""How trouble with a tracker reaches the user: once, by name, without secrets, and never as the step's own failure."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from traceback import format_exception

from zenml_trackers.errors import TrackerError

logger = logging.getLogger("zenml_trackers")

SHORTEST_SECRET = 4
"""Shorter values are too common in ordinary text to be taken out of it."""


class Redactor:
    """Takes known secrets out of text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = sorted({s for s in secrets if len(s) >= SHORTEST_SECRET}, key=len, reverse=True)

    @classmethod
    def of(cls, others: Iterable[Redactor]) -> Redactor:
        """One that knows the secrets of others."""
        return cls(secret for other in others for secret in other._secrets)

    def __call__(self, text: str) -> str:
        """The text with each secret starred out."""
        for secret in self._secrets:
            text = text.replace(secret, "********")
        return text


class Reporter:
    """Says what was lost of one run, each thing once; if strict, raises it instead."""

    def __init__(self, subject: str, redact: Redactor, strict: bool) -> None:
        self.subject = subject
        self.redact = redact
        self.strict = strict
        self._said: set[str] = set()

    def of_process(self) -> Reporter:
        """One for this process, forked or spawned, that has said nothing yet."""
        return Reporter(f"{self.subject}, process {os.getpid()}", self.redact, self.strict)

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
            if logger.isEnabledFor(logging.DEBUG):
                logger.debug("%s: that was raised here:\n%s", self.redact(self.subject), self._traceback(error))

    def _traceback(self, error: Exception) -> str:
        try:
            return self.redact("".join(format_exception(error)))
        except Exception:  # it can't even be shown
            return self.redact(_told(error))

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
