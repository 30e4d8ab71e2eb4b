"""One run that is written."""

from __future__ import annotations

import json
import shlex
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from zenml_trackers import document
from zenml_trackers.backends.folders import folder_name
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.records import RunError, Status, StoredRun, Table
from zenml_trackers.sinks import DocumentSink, Number
from zenml_trackers.steps import INT64

if TYPE_CHECKING:
    import PIL.Image

    from zenml_trackers.backends.aim.repository import AimRepo

NAMES = "zenml.names"
"""In the params: the real names of artifacts that are stored under others."""
NAMELESS, NAMED = "_", "named"
"""Aim can't read a sequence back that has no name: it is called that, and its context says what it was named."""
SHOWS = "shows"
"""In a context: that it is an image or a table, which could not share a metric's name otherwise."""


class AimSink(DocumentSink):
    """One run."""

    steps: ClassVar[range | None] = INT64

    def __init__(
        self, repo: AimRepo, project: str, name: str, config: dict[str, Any], old: StoredRun | None = None
    ) -> None:
        super().__init__(config, old.last_step if old else -1)
        self.id = old.id if old else ""
        self.name = name
        self._repo = repo
        self._project = project
        self._put: dict[str, Any] = {}
        self._last_steps: dict[str, list[int]] = defaultdict(list)
        for point in old.metrics if old else ():
            self._context(point.name, point.step)

    @property
    def links(self) -> dict[str, str]:
        return {"show_command": show_command(self._repo.folder)}

    def begin(self) -> None:
        self.native = self._repo.begin(self.id or None, self._project, self.name)
        self.id = self.native.hash

    def log(self, values: Mapping[str, Number], step: int) -> None:
        inexact = [name for name, value in values.items() if isinstance(value, int) and int(float(value)) != value]
        for name, value in values.items():
            if name not in inexact:
                self._track(float(value), name, step)
        if inexact:
            raise UnstorableValue(f"{inexact} hold integers that no float equals, which Aim can't store.")

    def put(self, config: Mapping[str, Any]) -> None:
        for key, value in config.items():
            if key not in self._put or self._put[key] is not value:
                self._repo.set_param(self.native, key, value)
                self._put[key] = value
        self._repo.add_tags(self.native, config[document.TAGS])

    def end(self, status: Status, error: RunError | None) -> None:
        if error is not None:
            self.native.description = f"{error.type}: {error.message}"
        self._repo.end(self.native, finished=status is Status.FINISHED)

    def keep(self, name: str, path: Path) -> None:
        stored = folder_name(name)
        (self.native.log_artifacts if path.is_dir() else self.native.log_artifact)(str(path), stored, block=True)
        if stored != name:
            self.config[NAMES] = {**self.config.get(NAMES, {}), stored: name}
            self.put(self.config)

    def show_image(self, name: str, image: PIL.Image.Image, step: int) -> None:
        self._track(self._repo.image(image), name, step, "image")

    def show_table(self, table: Table, step: int) -> None:
        text = self._repo.text(json.dumps([table.columns, *table.rows], ensure_ascii=False))
        self._track(text, table.name, step, "table")

    def _track(self, value: Any, name: str, step: int, kind: str = "") -> None:
        context = self._context(name, step, kind)
        self.native.track(value, name=name or NAMELESS, step=step, context=context)

    def _context(self, name: str, step: int, kind: str = "") -> dict[str, Any]:
        """The first context in which the steps of `name` only grow."""
        last_steps = self._last_steps[f"{kind} {name}"]
        chosen = next((index for index, last in enumerate(last_steps) if last < step), len(last_steps))
        last_steps[chosen : chosen + 1] = [step]
        named = {} if name else {NAMED: name}
        return {**named, **({SHOWS: kind} if kind else {}), **({"pass": chosen} if chosen else {})}


def show_command(folder: Path) -> str:
    """What shows all runs of a repository."""
    return f"aim up --repo {shlex.quote(str(folder))}"
