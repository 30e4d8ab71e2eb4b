"""A real `trackio show` on a free port of this machine, and what its API answers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from tracker_contracts.harness import HarnessBroken

TOKEN = "write-token-of-the-contract"
STARTS_WITHIN = 30.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIETLY = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=10000",
    "--dump-dom",
)


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """A server that keeps its runs in the folder; it answers when this returns.

    Raises:
        HarnessBroken: It did not start; the message is the end of what it said.
    """
    folder.mkdir(parents=True)
    settings = {"TRACKIO_DIR": str(folder), "TRACKIO_WRITE_TOKEN": TOKEN, "GRADIO_SERVER_PORT": str(port)}
    variables = {**os.environ, **settings, "GRADIO_NUM_PORTS": "1", "BROWSER": "true"}
    command = [sys.executable, "-m", "trackio.cli", "show", "--host", "127.0.0.1"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        if _answers(f"http://127.0.0.1:{port}"):
            return process
        time.sleep(0.1)
    process.kill()
    raise HarnessBroken(f"`trackio show` did not start:\n{(folder / 'server.log').read_text()[-2000:]}")


def ask(url: str, name: str, **arguments: Any) -> Any:
    """What the server's API answers to one call."""
    answer = _client().post(f"{url}/api/{name}", json={"args": [], "kwargs": arguments})
    answer.raise_for_status()
    return answer.json()["data"]


def free_port() -> int:
    """A port that nothing listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        return _client().get(f"{url}/version").is_success
    except httpx.HTTPError:
        return False


@cache
def _client() -> httpx.Client:
    """One for the session: making it costs more than most requests."""
    return httpx.Client(timeout=10)


def page(url: str) -> str | None:
    """The document that a browser has drawn at the URL; None if no browser is installed."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return None
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *QUIETLY, f"--user-data-dir={profile}", url]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
