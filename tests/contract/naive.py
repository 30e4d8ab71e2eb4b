"""A flavor as a newcomer writes it: a global run, a file of JSON lines for each run, and no thought of failures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.observed import ObservedMetric, ObservedRun
from zenml.experiment_trackers.base_experiment_tracker import (
    BaseExperimentTracker,
    BaseExperimentTrackerConfig,
    BaseExperimentTrackerFlavor,
)

run: Run | None = None


class Run:
    """One file."""

    def __init__(self, folder: str, name: str) -> None:
        self.file = Path(folder) / f"{uuid4().hex}.jsonl"
        self.step = 0
        self.write(name=name)

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        self.step = self.step if step is None else step
        self.write(metrics=dict(metrics), step=self.step)
        self.step += 1

    def write(self, **values: Any) -> None:
        with self.file.open("a") as file:
            file.write(json.dumps(values) + "\n")


class NaiveConfig(BaseExperimentTrackerConfig):
    folder: str


class Naive(BaseExperimentTracker):
    @property
    def config(self) -> NaiveConfig:
        return self._config  # type: ignore[return-value]

    def prepare_step_run(self, info: Any) -> None:
        global run
        run = Run(self.config.folder, f"{info.run_name}_{info.pipeline_step_name}")

    def cleanup_step_run(self, info: Any, step_failed: bool) -> None:
        assert run is not None
        run.write(state="finished")


class NaiveFlavor(BaseExperimentTrackerFlavor):
    name = "naive"
    config_class = NaiveConfig
    implementation_class = Naive


class NaiveHarness(TrackerHarness):
    name = "naive"
    backend = "zenml-trackers"
    flavor = "tests.contract.naive.NaiveFlavor"

    def config(self, place: Place) -> dict[str, Any]:
        folder = place.folder / place.name
        folder.mkdir(exist_ok=True)
        return {"folder": str(folder)}

    def read(self, place: Place) -> list[ObservedRun]:
        files = sorted((place.folder / place.name).glob("*.jsonl"), key=lambda file: file.stat().st_mtime_ns)
        return [_observed(file.stem, [json.loads(line) for line in file.open()]) for file in files]

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        run.log(metrics, step)

    def log_params(self, params: Mapping[str, Any]) -> None:
        run.write(params=dict(params))

    def add_tags(self, tags: list[str]) -> None:
        run.write(tags=tags)


def _observed(id: str, lines: list[dict[str, Any]]) -> ObservedRun:
    found = ObservedRun(id=id, name=lines[0]["name"], state="running", everything=json.dumps(lines))
    for line in lines[1:]:
        found.state = line.get("state", found.state)
        found.params.update(line.get("params", {}))
        found.tags.extend(line.get("tags", []))
        values = line.get("metrics", {}).items()
        found.metrics.extend(ObservedMetric(name=name, step=line["step"], value=value) for name, value in values)
    return found
