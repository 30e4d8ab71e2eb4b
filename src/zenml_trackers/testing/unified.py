"""What the harnesses of all backends behind the flavor `unified` share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from tracker_contracts.harness import Place

from zenml_trackers.copy import copying
from zenml_trackers.testing import port
from zenml_trackers.testing.run_api import RunApiHarness


class UnifiedHarness(RunApiHarness, port.PortHarness):
    """A tracker by its URL."""

    flavor = "zenml_trackers.zenml.unified.flavor.UnifiedExperimentTrackerFlavor"
    features: ClassVar[frozenset[str]] = frozenset(
        {"resume", "nested", "artifacts", "media", "values", "port", "recovery", "reconciliation"}
    )
    secret_field = "api_key"
    url_field = "url"

    @abstractmethod
    def url(self, place: Place) -> str:
        """The tracker URL of a place."""

    def config(self, place: Place) -> dict[str, Any]:
        return {"url": self.url(place), "project": place.name}

    def project(self, config: Mapping[str, Any]) -> copying.Place:
        return port.at(config["url"], config)
