"""Trackio behind a real server on this machine, read through the server's own API."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, ClassVar

from tracker_contracts.harness import Place
from tracker_contracts.observed import ObservedRun

from zenml_trackers.testing import trackio_rows, trackio_show
from zenml_trackers.testing.trackio import TrackioHarness

URL, FOLDER = "TRACKIO_CONTRACT_SERVER_URL", "TRACKIO_CONTRACT_SERVER_DIR"
"""Where fresh processes find the server and its files."""


class TrackioServerHarness(TrackioHarness):
    """Our Trackio flavor with a self-hosted server."""

    name = "trackio-server"
    features: ClassVar[frozenset[str]] = TrackioHarness.features | {"server"}
    _process: subprocess.Popen[bytes] | None = None

    def start(self, folder: Path) -> None:
        port = trackio_show.free_port()
        self._process = trackio_show.start(folder / "trackio-server", port)
        os.environ.update({URL: f"http://127.0.0.1:{port}", FOLDER: str(folder / "trackio-server")})

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def config(self, place: Place) -> dict[str, Any]:
        return {**super().config(place), "base_url": os.environ[URL], "api_key": trackio_show.TOKEN}

    def outage(self, place: Place) -> None:
        return None  # of the kit's own: a server in front of this one

    def shown(self, url: str) -> str | None:
        return trackio_show.page(url)

    def read(self, place: Place) -> list[ObservedRun]:
        url, project = os.environ[URL], place.name
        if project not in trackio_show.ask(url, "get_all_projects"):
            return []
        return trackio_rows.observed(
            lambda sql: trackio_show.ask(url, "query_project", project=project, query=sql)["rows"],
            Path(os.environ[FOLDER]),
            project,
        )
