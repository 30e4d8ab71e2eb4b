"""Our unified flavor over W&B's offline mode: nothing leaves the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracker_contracts.harness import CLOSED_SERVER, Place
from tracker_contracts.observed import ObservedRun

from zenml_trackers.testing import wandb_files
from zenml_trackers.testing.unified import UnifiedHarness


class WandbHarness(UnifiedHarness):
    """One folder a place."""

    name = "wandb"
    backend = "wandb"
    shared = "`wandb sync` may be another user's"
    token_urls = ("wandb://user:{token}@entity/project", "wandb://entity/project?api_key={token}")

    def environment(self, folder: Path) -> dict[str, str]:
        kept = {name: str(folder / name) for name in ("WANDB_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR")}
        return {**super().environment(folder), **kept, "WANDB_ERROR_REPORTING": "false"}

    def url(self, place: Place) -> str:
        return f"wandb+offline:///{place.folder / place.name}"

    def folder(self, place: Place) -> Path:
        return place.folder / place.name

    def unreachable(self, place: Place) -> dict[str, Any]:
        return {**self.config(place), "url": f"wandb+{CLOSED_SERVER}/nobody/{place.name}", "api_key": "0" * 40}

    def read(self, place: Place) -> list[ObservedRun]:
        return wandb_files.read(place.folder / place.name)

    def finish_natively(self) -> None:
        import wandb

        wandb.finish()

    def start_natively(self) -> None:
        import wandb

        wandb.init(project="elsewhere", name="trainer")
