"""What the harnesses of all backends behind the flavor `unified` share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from tracker_contracts.harness import Place, TrackerHarness

from zenml_trackers import get_run


class UnifiedHarness(TrackerHarness):
    """A tracker by its URL; steps log with the one run API."""

    flavor = "zenml_trackers.zenml.unified.UnifiedExperimentTrackerFlavor"
    features: ClassVar[frozenset[str]] = frozenset({"resume", "artifacts", "media"})
    secret_field = "api_key"
    url_field = "url"

    @abstractmethod
    def url(self, place: Place) -> str:
        """The tracker URL of a place."""

    def config(self, place: Place) -> dict[str, Any]:
        return {"url": self.url(place), "project": place.name}

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        get_run().log(metrics, step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        get_run().log_params(params)

    def add_tags(self, tags: list[str]) -> None:
        get_run().add_tags(tags)

    def log_artifact(self, path: Path, name: str) -> None:
        get_run().log_artifact(path, name)

    def log_image(self, name: str, pixels: Any) -> None:
        get_run().log_image(name, pixels)

    def log_table(self, name: str, columns: list[str], rows: list[list[Any]]) -> None:
        get_run().log_table(name, columns, rows)
