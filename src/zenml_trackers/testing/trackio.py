"""Trackio, local, read by SQL from the file that it writes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

from tracker_contracts.harness import CLOSED_SERVER, Place, TrackerHarness
from tracker_contracts.observed import ObservedRun

from zenml_trackers import get_trackio_run
from zenml_trackers.copy import copying
from zenml_trackers.testing import port, trackio_file, trackio_rows
from zenml_trackers.testing.run_api import RunApiHarness


class TrackioHarness(RunApiHarness, port.PortHarness):
    """Our Trackio flavor on this machine."""

    name = "trackio"
    flavor = "zenml_trackers.zenml.trackio.flavor.TrackioExperimentTrackerFlavor"
    backend = "trackio"
    features: ClassVar[frozenset[str]] = trackio_rows.FEATURES
    shared = "one folder for all projects, which the dashboard serves"
    secret_field = "api_key"
    url_field = "base_url"
    token_urls = (*TrackerHarness.token_urls, "https://tracker.example/?write_token={token}")

    def environment(self, folder: Path) -> dict[str, str]:
        own = {"TRACKIO_DIR": str(folder / "trackio"), "HF_HUB_OFFLINE": "1"}
        return {**super().environment(folder), **own}

    def config(self, place: Place) -> dict[str, Any]:
        return {"project": place.name, "log_cpu_metrics": False}

    def unreachable(self, place: Place) -> dict[str, Any]:
        return {"project": place.name, "base_url": CLOSED_SERVER, "api_key": "a-token-for-nobody"}

    def outage(self, place: Place) -> AbstractContextManager[None] | None:
        return trackio_file.locked(place.name)

    def read(self, place: Place) -> list[ObservedRun]:
        return trackio_file.read(place.name)

    def project(self, config: Mapping[str, Any]) -> copying.Place:
        where = f"trackio+{config['base_url']}" if "base_url" in config else "trackio://"
        return port.at(f"{where}/{config['project']}", config)

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        get_trackio_run().log(dict(metrics), step)

    def finish_natively(self) -> None:
        import trackio  # reads TRACKIO_DIR when it is imported, so not before `environment` was applied

        trackio.finish()

    def start_natively(self) -> None:
        import trackio

        trackio.init(project="elsewhere", name="trainer", resume="allow")
