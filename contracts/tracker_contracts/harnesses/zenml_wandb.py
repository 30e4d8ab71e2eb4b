"""ZenML's own Weights & Biases flavor, offline: nothing leaves the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracker_contracts.harness import CLOSED_SERVER, Place, TrackerHarness
from tracker_contracts.harnesses import wandb_file
from tracker_contracts.observed import ObservedRun

API_KEY = "0123456789abcdef" * 2 + "01234567"
"""Shaped like a key; nobody's."""


class ZenmlWandbHarness(TrackerHarness):
    """One folder a place."""

    name = "zenml-wandb"
    flavor = "zenml.integrations.wandb.flavors.wandb_experiment_tracker_flavor.WandbExperimentTrackerFlavor"
    backend = "wandb"
    secret_field = "api_key"

    def environment(self, folder: Path) -> dict[str, str]:
        return {"WANDB_MODE": "offline", "WANDB_ERROR_REPORTING": "false", "WANDB_DIR": str(folder)}

    def config(self, place: Place) -> dict[str, Any]:
        settings = {"root_dir": str(_folder(place)), "x_disable_stats": True}
        # Links to ZenML's dashboard would need a store, and a step that is driven directly has none.
        links = {"enable_zenml_dashboard_links": False}
        return {"api_key": API_KEY, "project_name": place.name, "settings": settings, **links}

    def unreachable(self, place: Place) -> dict[str, Any]:
        closed = {"mode": "online", "base_url": CLOSED_SERVER, "root_dir": str(_folder(place))}
        return {**self.config(place), "settings": closed}

    def read(self, place: Place) -> list[ObservedRun]:
        return wandb_file.settled(_folder(place))

    def read_at_once(self, place: Place) -> list[ObservedRun]:
        return wandb_file.observed(_folder(place))

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        _wandb().log(dict(metrics), step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        _wandb().config.update(dict(params))

    def add_tags(self, tags: list[str]) -> None:
        run: Any = _wandb().run
        run.tags = (*(run.tags or ()), *tags)

    def finish_natively(self) -> None:
        _wandb().finish()

    def start_natively(self) -> None:
        _wandb().init(project="elsewhere", name="trainer")

    def reset(self, place: Place) -> None:
        _wandb().teardown()
        os.environ.pop("WANDB_API_KEY", None)  # where the flavor puts `api_key`
        sys.excepthook = sys.__excepthook__  # W&B puts its own there, and leaves it


def _folder(place: Place) -> Path:
    folder = place.folder / "wandb" / place.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _wandb() -> Any:
    """The library, imported when it is used: its variables are set by then, and a reader does without it."""
    import wandb

    return wandb
