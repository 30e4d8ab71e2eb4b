"""What W&B stored of a run, from its files or from its server, as stored runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from zenml_trackers.backends.wandb.names import STEP, RunNames
from zenml_trackers.backends.wandb.sink import OURS
from zenml_trackers.model import document
from zenml_trackers.model.records import Artifact, Image, Logged, Status, Table
from zenml_trackers.model.stored import MetricPoint, StoredRun

IMAGES, TABLES = "image-file", "table-file"


@dataclass
class WandbRun:
    """A run as W&B has it."""

    id: str
    name: str
    status: Status
    tags: list[str] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    history: list[Mapping[str, Any]] = field(default_factory=list)
    artifacts: list[tuple[Mapping[str, Any], Callable[[Path], Path]]] = field(default_factory=list)
    """Their metadata, and what fetches them below a folder."""
    fetch: Callable[[str, Path], Path] = lambda path, folder: Path(path)
    """Fetches the file of a picture or a table below a folder."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Where people see it."""
    started: datetime | None = None
    ended: datetime | None = None
    """When the last of it was stored."""

    @property
    def document(self) -> dict[str, Any]:
        """The exact document, with what the library's own calls added to it."""
        ours = self.config.get(OURS)
        kept = json.loads(ours["document"]) if isinstance(ours, dict) and "document" in ours else {}
        found: dict[str, Any] = {document.STATUS: self.status.value, **kept}
        known = RunNames(found)
        document.add_tags(found, tuple(known.original("tags", tag) for tag in self.tags))
        known_keys = {OURS, "_wandb", *found, *(key.strip("-") for key in found)}  # W&B strips hyphens
        native = {key: value for key, value in self.config.items() if key not in known_keys}
        document.add_params(found, native)
        return found

    def as_stored(self, project: str) -> StoredRun:
        """The run as the port has it."""
        found = self.document
        return document.stored_run(
            found,
            id=self.id,
            name=RunNames(found).original("runs", self.name),
            project=project,
            metrics=tuple(self._points()),
            started=self.started,
            ended=self.ended,
            **self.links,
        )

    def attachments(self, folder: Path) -> Iterator[Logged]:
        """What was logged besides numbers, fetched into a folder."""
        last = {about["name"]: fetch for about, fetch in self.artifacts if "kept" in about}
        for name, fetch in last.items():  # as with other trackers, what is logged again replaces the first
            yield Artifact(name=name, path=fetch(folder))
        names = RunNames(self.document)
        for row in self.history:
            for name, value in row.items():
                kind = value.get("_type") if isinstance(value, Mapping) else None
                if kind in (IMAGES, TABLES):
                    file = self.fetch(value["path"], folder)
                    caption = value.get("caption") or ""
                    yield _media(kind, names.original("media", name), file, _step(row), caption)

    def _points(self) -> Iterator[MetricPoint]:
        names = RunNames(self.document)
        for row in self.history:
            for name in sorted(name for name in row if name != STEP and not _is_reserved(name)):
                if isinstance(row[name], (int, float)):
                    yield MetricPoint(name=names.original("metrics", name), step=_step(row), value=row[name])


def _is_reserved(name: str) -> bool:
    return name in ("_step", "_runtime", "_timestamp", "_wandb")


def _step(row: Mapping[str, Any]) -> int:
    """The step that was logged; the library's own calls have only W&B's."""
    return int(row.get(STEP, row.get("_step", 0)))


def _media(kind: str, name: str, file: Path, step: int, caption: str) -> Logged:
    if kind == IMAGES:
        return Image(name=name, image=file, step=step, caption=caption)
    table = json.loads(file.read_text("utf-8"))
    return Table(name=name, columns=table["columns"], rows=table["data"], step=step)
