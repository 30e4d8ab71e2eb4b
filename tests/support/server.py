"""Servers for tests: a real Trackio server, and ones that misbehave."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

TOKEN = "write-token-for-tests-0123456789"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class TrackioServer:
    """A running `trackio show`, and what it stores, asked of its own API."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]
    token: str = TOKEN

    def ask(self, name: str, **arguments: Any) -> Any:
        given = {"args": [], "kwargs": arguments}
        answer = httpx.post(f"{self.url}/api/{name}", json=given, timeout=10, verify=False)
        answer.raise_for_status()
        return answer.json()["data"]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def trackio_server(
    folder: Path, port: int | None = None, more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[TrackioServer]:
    """One that keeps its runs in a folder; `more` are variables of its process."""
    port = port or free_port()
    variables = {
        **more,
        "TRACKIO_DIR": str(folder),
        "TRACKIO_WRITE_TOKEN": TOKEN,
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_NUM_PORTS": "1",
        "BROWSER": "true",
    }
    command = [sys.executable, "-m", "trackio.cli", "show", "--host", "127.0.0.1"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **variables}, stdout=log, stderr=log)
    server = TrackioServer(f"http://127.0.0.1:{port}", folder, process)
    try:
        wait_for(server.url, lambda: server.process.poll() is None, folder / "server.log")
        yield server
    finally:
        server.stop()


def wait_for(url: str, goes_on: Callable[[], bool], log: Path) -> None:
    """Wait until a Trackio server answers."""
    for _ in range(300):
        try:
            httpx.get(f"{url}/version", timeout=1, verify=False).raise_for_status()
            return
        except httpx.HTTPError:
            assert goes_on(), log.read_text()
            time.sleep(0.1)
    raise AssertionError("the Trackio server did not start")


@contextmanager
def hanging_server() -> Iterator[str]:
    """Accepts connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def closed_port() -> str:
    """The address of a server that is not there."""
    return f"http://127.0.0.1:{free_port()}"


def refusing_server(known: Mapping[str, str] = MappingProxyType({})) -> AbstractContextManager[str]:
    """Refuses each login, as a ZenML server does; a stand-in for servers that need more than is installed here.

    Args:
        known: The JSON of what it tells without a login, by path.
    """
    refusal = '{"detail":["CredentialsNotValid","Authentication error: error decoding API key"]}'

    class Refusing(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = self.path.partition("?")[0]
            body = known.get(path, refusal).encode()
            self.send_response(200 if path in known else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET

    return _serving(Refusing)


def answering_server(
    status: int, text: str = "", headers: Mapping[str, str] = MappingProxyType({})
) -> AbstractContextManager[str]:
    """Gives each request the same answer."""

    class Answering(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_PATCH = do_PUT = do_GET

    return _serving(Answering)


class _SlowHub(BaseHTTPRequestHandler):
    """Knows every user and no Space, and never ends making one."""

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        known = "whoami" in self.path
        body = b'{"name": "acme", "type": "user", "orgs": [], "auth": {}}' if known else b""
        self.send_response(200 if known else 404)
        self.send_header("Content-Length", str(len(body)))
        if not known:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        time.sleep(30)


def slow_hub() -> AbstractContextManager[str]:
    """A stand-in for the Hugging Face Hub, which can't be had here, that takes a token and then hangs."""
    return _serving(_SlowHub)


@contextmanager
def _serving(answers: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
