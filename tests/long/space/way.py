"""The way to `https://<owner>-<name>.hf.space`: a proxy, whose certificate a process has to be told to trust."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import trustme
from tracker_contracts.faults.front import _pump

from tests.long.space.hub import TOKENS, Hub

STARTING = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Way:
    """Brings what is sent to a Space to a Trackio server, as far as the Hub lets it."""

    def __init__(self, hub: Hub, behind: str, folder: Path) -> None:
        """Nothing is listened to yet.

        Args:
            hub: Knows which Spaces there are, and which of them run.
            behind: The address of the server that is the Space.
            folder: Where the certificate is put.
        """
        self._hub, self._behind = hub, urlsplit(behind)
        authority = trustme.CA()
        self.certificate = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.certificate))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("*.hf.space").configure_cert(self._context)
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        """The proxy's address."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def variables(self) -> dict[str, str]:
        """What leads a process to the Hub and its Spaces."""
        return {
            "HF_ENDPOINT": self._hub.url,
            "HF_HUB_OFFLINE": "0",
            "HTTPS_PROXY": self.url,
            "NO_PROXY": "127.0.0.1,localhost",
            "SSL_CERT_FILE": str(self.certificate),
        }

    @contextmanager
    def open(self) -> Iterator[Way]:
        """For as long as the block takes."""
        threading.Thread(target=self._accept, daemon=True).start()
        with closing(self._listener):
            yield self

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                caller, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with suppress(OSError), closing(caller):
            host = _head(caller).split()[1].decode().partition(":")[0]
            caller.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self._context.wrap_socket(caller, server_side=True) as opened:
                self._answer(host, opened)

    def _answer(self, host: str, opened: ssl.SSLSocket) -> None:
        space, head = self._hub.space_at(host), _head(opened)
        allowed = space is not None and (not space.private or any(token.encode() in head for token in TOKENS))
        if space is None or not allowed:
            opened.sendall(NOT_FOUND)
        elif not space.running:
            opened.sendall(STARTING)
        else:
            self._pass_on(head, opened)

    def _pass_on(self, head: bytes, opened: ssl.SSLSocket) -> None:
        address = (self._behind.hostname or "", self._behind.port or 80)
        with closing(socket.create_connection(address, 10)) as server:
            server.sendall(head)
            forth = threading.Thread(target=_pump, args=(opened, server), daemon=True)
            forth.start()
            _pump(server, opened)


def _head(caller: socket.socket) -> bytes:
    """All that was sent up to the end of the first request's head."""
    data = b""
    while b"\r\n\r\n" not in data and (more := caller.recv(65536)):
        data += more
    return data
