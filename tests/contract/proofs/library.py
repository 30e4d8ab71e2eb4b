"""What a step does with the library itself, and with its process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context

from tracker_contracts.reference import jot


def start_natively() -> None:
    """Start a run as a framework's callback does."""
    jot.init(jot.current().folder, "elsewhere", "trainer")


def in_thread(call: Callable[[], object]) -> None:
    """Call it in a thread that has this one's context."""
    thread = threading.Thread(target=copy_context().run, args=(call,))
    thread.start()
    thread.join()
