"""What the harnesses of all trackers share whose steps log with the one run API."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tracker_contracts.harness import TrackerHarness, Value

from zenml_trackers import get_run
from zenml_trackers.testing import forms


class RunApiHarness(TrackerHarness):
    """Steps log with `get_run()`."""

    def environment(self, folder: Path) -> dict[str, str]:
        return {"ZENML_TRACKERS_JOURNAL": str(folder / "journals")}

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        get_run().log(metrics, step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        get_run().log_params(params)

    def add_tags(self, tags: list[str]) -> None:
        get_run().add_tags(tags)

    def log_child(self, name: str, metrics: Mapping[str, Any]) -> None:
        with get_run().child(name) as child:
            child.log(metrics)

    def log_artifact(self, path: Path, name: str) -> None:
        get_run().log_artifact(path, name)

    def log_labelled_artifact(self, path: Path, name: str, type: str, aliases: list[str]) -> None:
        get_run().log_artifact(path, name, type, aliases)

    def log_image(self, name: str, pixels: Any) -> None:
        get_run().log_image(name, pixels)

    def log_captioned_image(self, name: str, pixels: Any, caption: str) -> None:
        get_run().log_image(name, pixels, caption=caption)

    def log_table(self, name: str, columns: list[str], rows: list[list[Any]]) -> None:
        get_run().log_table(name, columns, rows)

    def values(self) -> Mapping[str, Value]:
        return forms.values()
