"""What a step borrows from its process, and gives back in whatever order steps end."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Loans:
    """Values of one environment variable, lent by steps that may overlap.

    Saving the old value in prepare and putting it back in cleanup is not enough: of two trackers in one step, the one
    that prepared first is cleaned up first.
    """

    def __init__(self, variable: str) -> None:
        self._variable = variable
        self._lock = threading.Lock()
        self._lent: list[list[str]] = []
        self._before: str | None = None

    def lend(self, value: str) -> list[str]:
        """Set the variable, until what is returned is given back."""
        with self._lock:
            if not self._lent:
                self._before = os.environ.get(self._variable)
            loan = [value]
            self._lent.append(loan)
            self._show()
        return loan

    def give_back(self, loan: list[str]) -> None:
        """The variable is as the last other loan wants it, or as it was before all of them."""
        with self._lock:
            self._lent = [other for other in self._lent if other is not loan]
            self._show()

    def _show(self) -> None:
        value = self._lent[-1][0] if self._lent else self._before
        if value is None:
            os.environ.pop(self._variable, None)
        else:
            os.environ[self._variable] = value


@contextmanager
def termination_raises() -> Iterator[None]:
    """Let SIGTERM end the step as an exception does, so that cleanup is called.

    ZenML sees to that itself from 0.85 on; whoever else answers the signal is left alone.
    """
    main = threading.current_thread() is threading.main_thread()
    ours = main and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        if ours and signal.getsignal(signal.SIGTERM) is _terminate:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def answers(url: str, seconds: float) -> bool:
    """Whether something listens at the address, found out within `seconds`.

    Looking up a name can't be given a time limit, so that it is done in a thread that may be left behind.
    """
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(_connects(url, seconds)), daemon=True)
    thread.start()
    thread.join(seconds)
    return bool(found and found[0])


def _connects(url: str, seconds: float) -> bool:
    parts = urlsplit(url)
    try:
        address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        socket.create_connection(address, seconds).close()
    except (OSError, ValueError):
        return False
    return True
