"""A server in front of another one, some of whose answers never arrive."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count


@contextmanager
def losing_answers(port: int, every: int) -> Iterator[tuple[int, threading.Event]]:
    """The port of a server that passes all on to another one, and what makes it lose answers once it is set.

    Args:
        port: The other's, on this machine.
        every: Of so many answers one is lost.
    """
    answers, losing = count(1), threading.Event()

    def pump(source: socket.socket, target: socket.socket, may_lose: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if may_lose and losing.is_set() and next(answers) % every == 0:
                    break
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                caller, _ = listener.accept()
                behind = socket.create_connection(("127.0.0.1", port))
                for way in ((caller, behind, False), (behind, caller, True)):
                    threading.Thread(target=pump, args=way, daemon=True).start()

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1], losing
