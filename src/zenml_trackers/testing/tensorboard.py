"""The TensorBoard backend, read from its event files byte by byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracker_contracts.harness import Place
from tracker_contracts.observed import ObservedRun

from zenml_trackers import get_run
from zenml_trackers.testing import tensorboard_records
from zenml_trackers.testing.unified import UnifiedHarness


class TensorBoardHarness(UnifiedHarness):
    """Our unified flavor over `tensorboard://`."""

    name = "tensorboard"
    backend = "tensorboard"
    shared = "TensorBoard may be another user's"
    token_urls = ("tensorboard://user:{token}@host/runs", "tensorboard:///runs?token={token}")

    def url(self, place: Place) -> str:
        return f"tensorboard:///{place.folder}/tensorboard"

    def unreachable(self, place: Place) -> dict[str, Any]:
        return {"url": "tensorboard:////dev/null/runs", "project": place.name}

    def folder(self, place: Place) -> Path:
        return place.folder / "tensorboard" / place.name

    def read(self, place: Place) -> list[ObservedRun]:
        return tensorboard_records.read(self.folder(place))

    def finish_natively(self) -> None:
        get_run().native.close()
