"""What the process is like around a step, and what is said meanwhile."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import Any

HANDLERS = "the logging handlers"
"""Of loggers that there were before; a library that is imported in a step may bring its own."""


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.said: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append((record.levelno, record.getMessage()))


class Watch:
    """Listens to logs, warnings and standard streams, and compares the process before and after."""

    def __enter__(self) -> Watch:
        self._before = surroundings()
        self._stack = ExitStack()
        self._out, self._err = io.StringIO(), io.StringIO()
        self._stack.enter_context(redirect_stdout(self._out))
        self._stack.enter_context(redirect_stderr(self._err))
        self._caught = self._stack.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")
        self._records = _Records()
        self._stack.enter_context(_listening(logging.INFO))
        logging.getLogger().addHandler(self._records)
        return self

    def __exit__(self, *error: object) -> None:
        logging.getLogger().removeHandler(self._records)
        self._stack.close()
        now = surroundings()
        now[HANDLERS] = {name: now[HANDLERS].get(name) for name in self._before[HANDLERS]}
        self.changes = [what for what, value in now.items() if value != self._before[what]]

    @property
    def warnings(self) -> list[str]:
        """What was said at level WARNING and above, and Python's warnings."""
        logged = [text for level, text in self._records.said if level >= logging.WARNING]
        return logged + [str(caught.message) for caught in self._caught]

    @property
    def printed(self) -> str:
        """All that was said in any way."""
        logged = [text for _, text in self._records.said]
        return "\n".join([*logged, *self.warnings, self._out.getvalue(), self._err.getvalue()])


@contextmanager
def _listening(level: int) -> Iterator[None]:
    """Let loggers speak up, also where ZenML was told to be quiet; what others print of it stays as it was."""
    root = logging.getLogger()
    before, quiet = root.level, [handler for handler in root.handlers if handler.level < root.level]
    levels = [handler.level for handler in quiet]
    for handler in quiet:
        handler.setLevel(before)
    root.setLevel(min(before, level))
    try:
        yield
    finally:
        root.setLevel(before)
        for handler, old in zip(quiet, levels, strict=True):
            handler.setLevel(old)


def _handlers() -> dict[str, list[logging.Handler]]:
    """Those of each logger; without the null handlers of named ones, which libraries add when they are imported."""
    named = [each for each in logging.Logger.manager.loggerDict.values() if isinstance(each, logging.Logger)]
    speaking = {
        each.name: [handler for handler in each.handlers if not isinstance(handler, logging.NullHandler)]
        for each in named
    }
    return {logging.root.name: list(logging.root.handlers), **speaking}


def surroundings() -> dict[str, Any]:
    """What a tracker must leave as it was."""
    return {
        "the environment": dict(os.environ),
        "the working directory": os.getcwd(),
        HANDLERS: _handlers(),
        "sys.excepthook": sys.excepthook,
        "sys.stdout and sys.stderr": (sys.stdout, sys.stderr),
        "the signal handlers": [signal.getsignal(number) for number in sorted(signal.valid_signals())],
    }
