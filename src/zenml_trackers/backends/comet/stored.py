"""What Comet stored of an experiment, from its archives or from its server, as stored runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from zenml_trackers.backends.comet.sink import DOCUMENT, NAME, OWN, RECEIPTS
from zenml_trackers.model import document
from zenml_trackers.model.records import Artifact, Image, Logged, Status, Table
from zenml_trackers.model.stored import MetricPoint, StoredRun

COMETS_OWN = "process duration"
"""The metric that Comet adds to every experiment."""


@dataclass
class Asset:
    """A file that was logged."""

    name: str
    about: Mapping[str, Any]
    step: int | None
    data: Callable[[], bytes]


@dataclass
class CometRun:
    """An experiment as Comet has it."""

    id: str
    name: str = ""
    status: Status = Status.RUNNING
    tags: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    metrics: list[tuple[str, int, Any]] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)
    links: Mapping[str, str] = field(default_factory=dict)
    """Where people see it."""
    started: datetime | None = None
    ended: datetime | None = None
    """When the last of it was stored."""

    @property
    def document(self) -> dict[str, Any]:
        """The exact document; of what was not made by this package, what Comet has in its place."""
        kept = [asset for asset in self.assets if asset.name == DOCUMENT]
        found = json.loads(kept[-1].data()) if kept else {document.STATUS: self.status.value, **self.params}
        document.add_tags(found, tuple(self.tags))
        return found

    def as_stored(self, project: str) -> StoredRun:
        """The experiment as the port has it."""
        found = self.document
        names = found.get(RECEIPTS, {})
        points = [
            MetricPoint(name=names.get(name, name), step=step, value=_number(value))
            for name, step, value in self.metrics
            if name != COMETS_OWN
        ]
        return document.stored_run(
            found,
            id=self.id,
            name=found.get(NAME, self.name),
            project=project,
            metrics=tuple(points),
            started=self.started,
            ended=self.ended,
            **self.links,
        )

    def attachments(self, folder: Path) -> Iterator[Logged]:
        """What was logged besides numbers, fetched into a folder."""
        artifacts: dict[str, Path] = {}
        for number, asset in enumerate(self.assets):
            match asset.about.get(OWN):
                case "artifact":
                    path = folder / str(len(artifacts)) / asset.about["file"]
                    root = artifacts.setdefault(asset.about["name"], path)
                    if asset.about.get("empty"):
                        path.mkdir(parents=True)
                    else:
                        _write(root / asset.about["inside"] if asset.about["inside"] else root, asset)
                case "image":
                    about = {key: asset.about.get(key, "") for key in ("name", "caption")}
                    yield Image(image=_write(folder / f"{number}.png", asset), step=asset.step, **about)
                case "table":
                    cells = json.loads(asset.data())
                    yield Table(name=asset.about["name"], step=asset.step, **cells)
        for name, path in artifacts.items():
            yield Artifact(name=name, path=path)


def _write(path: Path, asset: Asset) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(asset.data())
    return path


def _number(value: Any) -> int | float:
    """Comet has the values that JSON lacks as text, and its server all of them."""
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    try:
        return int(value)
    except ValueError:
        return float(value)
