"""Keeps what broken trackers do to their process from whatever runs next."""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def contained() -> Iterator[None]:
    """Undo all that L3 forbids, and swallow what is said; whoever copies the context contains context variables."""
    variables, folder, hook = dict(os.environ), os.getcwd(), sys.excepthook
    handlers = list(logging.getLogger().handlers)
    answers = [(number, signal.getsignal(number)) for number in SIGNALS]
    logging.getLogger().handlers[:] = []
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            yield
    finally:
        os.environ.clear()
        os.environ.update(variables)
        os.chdir(folder)
        sys.excepthook = hook
        logging.getLogger().handlers[:] = handlers
        for number, answer in answers:
            signal.signal(number, answer)
