"""The memory backend, read from its files."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import PIL.Image
from tracker_contracts.harness import Place
from tracker_contracts.observed import ObservedMetric, ObservedRun

from zenml_trackers.backends.memory import MemoryBackend
from zenml_trackers.testing.labels import labels
from zenml_trackers.testing.unified import UnifiedHarness


class MemoryHarness(UnifiedHarness):
    """Our unified flavor over `memory://`."""

    name = "memory"
    backend = "zenml-trackers"
    token_urls = ("memory://user:{token}@name", "memory://name?token={token}")

    def start(self, folder: Path) -> None:
        self._memory = _memory(folder)

    def stop(self) -> None:
        for folder in Path("/dev/shm").glob(f"zenml-trackers-*/{self._memory}"):
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, place: Place) -> str:
        return f"memory://{_memory(place.folder)}"

    def folder(self, place: Place) -> Path:
        return MemoryBackend(_memory(place.folder), place.name).folder

    def unreachable(self, place: Place) -> dict[str, Any]:
        project = f"{place.name}-blocked"
        blocker = MemoryBackend(_memory(place.folder), project).folder
        blocker.parent.mkdir(parents=True, exist_ok=True)
        blocker.touch()
        return {"url": self.url(place), "project": project}

    def read(self, place: Place) -> list[ObservedRun]:
        project = place.name.encode().hex()
        files = Path("/dev/shm").glob(f"zenml-trackers-*/{_memory(place.folder)}/{project}/*/run.jsonl")
        return [_observed(file) for file in sorted(files)]


def _memory(folder: Path) -> str:
    """The session's own, named after its folder."""
    return f"contract-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"


def _observed(file: Path) -> ObservedRun:
    lines = [json.loads(line) for line in file.read_text().splitlines() if line]
    config: dict[str, Any] = [line[1] for line in lines if line[0] == "config"][-1]
    params = {key: value for key, value in config.items() if not key.startswith(("zenml.", "_"))}
    images = {
        line[1]: PIL.Image.open(file.parent / line[3]).convert("RGB").tobytes() for line in lines if line[0] == "image"
    }
    return ObservedRun(
        id=file.parent.name,
        name=lines[0][1],
        state=config["zenml.status"],
        error_type=config.get("zenml.error_type"),
        error_message=config.get("zenml.error_message"),
        tags=config["zenml.tags"],
        metadata=config["zenml.metadata"],
        params={**params, **config.get("zenml.params", {})},
        metrics=[ObservedMetric(name=line[1], step=line[2], value=line[3]) for line in lines if line[0] == "metric"],
        step=config.get("zenml.step"),
        attempt=config.get("zenml.attempt"),
        parent=config.get("zenml.parent"),
        artifact_labels=labels(config),
        artifacts=dict(_kept(file.parent / "kept", {line[1]: line[2] for line in lines if line[0] == "artifact"})),
        images=images,
        captions={line[1]: line[4] for line in lines if line[0] == "image" and line[4]},
        tables={line[1]: [line[3], *line[4]] for line in lines if line[0] == "table"},
        everything=file.read_text(),
    )


def _kept(folder: Path, names: dict[str, str]) -> list[tuple[str, bytes]]:
    found = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        name, *inside = path.relative_to(folder).parts
        found.append(("/".join([names[name], *inside]), path.read_bytes()))
    return found
