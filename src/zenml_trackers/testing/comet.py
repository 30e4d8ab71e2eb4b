"""Our unified flavor over Comet's offline archives: nothing leaves the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracker_contracts.harness import Place
from tracker_contracts.observed import ObservedRun

from zenml_trackers.testing import comet_archives
from zenml_trackers.testing.unified import UnifiedHarness


class CometHarness(UnifiedHarness):
    """One folder a place."""

    name = "comet"
    backend = "comet_ml"
    shared = "`comet upload` may be another user's"
    token_urls = ("comet://user:{token}@workspace/project", "comet://workspace/project?api_key={token}")

    def url(self, place: Place) -> str:
        return f"comet+offline:///{place.folder / place.name}"

    def folder(self, place: Place) -> Path:
        return place.folder / place.name

    def unreachable(self, place: Place) -> dict[str, Any]:
        return {**self.config(place), "url": "comet+offline:////dev/null/runs"}

    def read(self, place: Place) -> list[ObservedRun]:
        return comet_archives.read(place.folder / place.name)

    def finish_natively(self) -> None:
        import comet_ml

        comet_ml.end()

    def start_natively(self) -> None:
        import comet_ml

        comet_ml.start(project_name="elsewhere", online=False)
