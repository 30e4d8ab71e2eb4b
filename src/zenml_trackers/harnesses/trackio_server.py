"""Trackio behind a real `trackio show` on this machine, read through the server's own API."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import httpx
from tracker_contracts.harness import HarnessBroken, Place
from tracker_contracts.observed import ObservedRun

from zenml_trackers.harnesses import trackio_rows
from zenml_trackers.harnesses.trackio import TrackioHarness

TOKEN = "write-token-of-the-contract"
URL, FOLDER = "TRACKIO_CONTRACT_SERVER_URL", "TRACKIO_CONTRACT_SERVER_DIR"
"""Where a fresh process finds the server and its files."""
STARTS_WITHIN = 30.0


class TrackioServerHarness(TrackioHarness):
    """Our Trackio flavor with a self-hosted server."""

    name = "trackio-server"
    features: ClassVar[frozenset[str]] = TrackioHarness.features | {"server"}
    _process: subprocess.Popen[bytes] | None = None

    def start(self, folder: Path) -> None:
        served, port = folder / "trackio-server", _free_port()
        served.mkdir(parents=True)
        os.environ.update({URL: f"http://127.0.0.1:{port}", FOLDER: str(served)})
        settings = {"TRACKIO_DIR": str(served), "TRACKIO_WRITE_TOKEN": TOKEN, "GRADIO_SERVER_PORT": str(port)}
        command = [sys.executable, "-m", "trackio.cli", "show", "--host", "127.0.0.1"]
        with (served / "server.log").open("wb") as log:
            variables = {**os.environ, **settings, "GRADIO_NUM_PORTS": "1", "BROWSER": "true"}
            self._process = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
        self._wait(served / "server.log")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def config(self, place: Place) -> dict[str, Any]:
        return {**super().config(place), "base_url": os.environ[URL], "api_key": TOKEN}

    def outage(self, place: Place) -> None:
        return None  # the server is shared by all examples

    def read(self, place: Place) -> list[ObservedRun]:
        if place.name not in _ask("get_all_projects"):
            return []
        return trackio_rows.observed(
            lambda sql: _ask("query_project", project=place.name, query=sql)["rows"],
            Path(os.environ[FOLDER]),
            place.name,
        )

    def _wait(self, log: Path) -> None:
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until and self._process is not None and self._process.poll() is None:
            try:
                httpx.get(f"{os.environ[URL]}/version", timeout=1).raise_for_status()
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        self.stop()
        raise HarnessBroken(f"`trackio show` did not start:\n{log.read_text()[-2000:]}")


def _ask(name: str, **arguments: Any) -> Any:
    answer = _client().post(f"{os.environ[URL]}/api/{name}", json={"args": [], "kwargs": arguments})
    answer.raise_for_status()
    return answer.json()["data"]


@cache
def _client() -> httpx.Client:
    """One for the session: making it costs more than most requests."""
    return httpx.Client(timeout=10)


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
        return port
