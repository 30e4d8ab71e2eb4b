"""A server in front of a backend's address, which can stop to be a good one at any moment."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from enum import Enum
from socket import create_server
from typing import Any
from urllib.parse import urlsplit

ADDRESS = re.compile(r"https?://(?:127\.0\.0\.1|localhost):\d+")
"""An address of a backend on this machine, wherever it stands in a configuration."""
NOBODY = "http://127.0.0.1:9"
DRIP = 0.5
"""Seconds from one byte to the next."""


class Manner(str, Enum):
    """How the server behaves."""

    GOOD = "good"
    """It passes everything on."""
    SILENT = "silent"
    """It takes connections, and never answers."""
    REFUSING = "refusing"
    """It takes connections, and closes them."""
    DRIPPING = "dripping"
    """It answers a byte at a time, and never to the end."""
    FAILING = "failing"
    """It answers everything with status 500."""


class Front:
    """The server; a context, in which it listens."""

    def __init__(self, behind: str = NOBODY, manner: Manner = Manner.GOOD) -> None:
        """It does not listen yet.

        Args:
            behind: The address of the backend.
            manner: How it behaves; may be set later.
        """
        self.manner = manner
        self._behind = urlsplit(behind)
        self._open: list[socket.socket] = []

    def __enter__(self) -> Front:
        """Listen."""
        self._listener = create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop, and close all connections."""
        for each in (self._listener, *self._open):
            _hang_up(each)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @contextmanager
    def being(self, manner: Manner) -> Iterator[None]:
        """It behaves so for a while; connections that it has are as good as dead."""
        self.manner = manner
        for each in list(self._open):
            _hang_up(each)
        try:
            yield
        finally:
            self.manner = Manner.GOOD

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(caller)
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with suppress(OSError):
            match self.manner:
                case Manner.GOOD:
                    self._pass_on(caller)
                case Manner.REFUSING:
                    _hang_up(caller)
                case Manner.FAILING:
                    caller.recv(65536)
                    caller.sendall(
                        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )
                    _hang_up(caller)
                case Manner.DRIPPING:
                    caller.recv(65536)
                    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b" " * 100000:
                        caller.sendall(bytes([byte]))
                        time.sleep(DRIP)

    def _pass_on(self, caller: socket.socket) -> None:
        with closing(socket.create_connection((self._behind.hostname or "", self._behind.port or 80), 10)) as server:
            server.settimeout(None)
            self._open.append(server)
            back = threading.Thread(target=_pump, args=(server, caller), daemon=True)
            back.start()
            _pump(caller, server)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def _hang_up(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        each.close()


def address_in(config: Any) -> str | None:
    """The first address of a backend in a configuration."""
    found = ADDRESS.search(str(config))
    return found[0] if found else None


def moved(config: Any, old: str, new: str) -> Any:
    """The configuration with another address."""
    if isinstance(config, str):
        return config.replace(old, new)
    if isinstance(config, dict):
        return {name: moved(value, old, new) for name, value in config.items()}
    return [moved(value, old, new) for value in config] if isinstance(config, list) else config
