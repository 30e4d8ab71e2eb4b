"""One run that is written."""

from __future__ import annotations

import json
import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model import document
from zenml_trackers.model.records import Artifact, Image, Logged, RunError, Status, Table
from zenml_trackers.model.steps import INT64
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.times import following
from zenml_trackers.port.folders import folder_name
from zenml_trackers.port.sinks import DocumentSink, Number

if TYPE_CHECKING:
    import PIL.Image

    from zenml_trackers.backends.aim.reading import Point
    from zenml_trackers.backends.aim.repository import AimRepo

NAMES = "zenml.names"
"""In the params: the real names of artifacts that are stored under others."""
NAMELESS, NAMED = "_", "named"
"""Aim can't read a sequence back that has no name: it is called that, and its context says what it was named."""
SHOWS = "shows"
"""In a context: that it is an image or a table, or in an artifact, which could not share a metric's name otherwise."""
PASS = "pass"
"""In a context: how often the steps went back, or stayed."""


class AimSink(DocumentSink):
    """One run."""

    def __init__(self, repo: AimRepo, project: str, name: str, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.name = name
        self._repo = repo
        self._project = project
        self._put: dict[str, Any] = {}
        self._last_steps: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._when = 0.0
        self._time: float | None = None

    def go_on(self, old: StoredRun, points: Iterable[Point]) -> None:
        """With a stored run.

        Args:
            old: The run.
            points: All that this package tracks of it.
        """
        self.id = old.id
        for point in points:
            self._when = max(self._when, point.when)
            if point.context.keys() <= {NAMED, SHOWS, PASS}:
                last_steps = self._last_steps[point.context.get(SHOWS, ""), point.name]
                number = point.context.get(PASS, 0)
                last_steps += [INT64.start - 1] * (number + 1 - len(last_steps))
                last_steps[number] = max(last_steps[number], point.step)

    @property
    def links(self) -> dict[str, str]:
        return {"show_command": show_command(self._repo.folder)}

    def write(self, records: Sequence[Logged]) -> None:
        with self._repo.reaching():
            if self.begun:
                self._repo.need(self.id)
            super().write(records)

    def close(self, status: Status, error: RunError | None) -> None:
        with self._repo.reaching():
            self._repo.need(self.id)
            super().close(status, error)

    def begin(self) -> None:
        goes_on = bool(self.id)
        self.native = self._repo.begin(self.id or None, self._project, self.name)
        self.id = self.native.hash
        if goes_on:
            self._repo.forget_end(self.native, document.OF_THE_END)

    def log(self, values: Mapping[str, Number], step: int) -> None:
        inexact = [name for name, value in values.items() if isinstance(value, int) and int(float(value)) != value]
        self._track({name: float(value) for name, value in values.items() if name not in inexact}, step)
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
        self._repo.keep(self.native, stored, path)
        if stored != name:
            self.config[NAMES] = {**self.config.get(NAMES, {}), stored: name}
            self.changed = True

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        self._track({image.name: self._repo.image(picture, image.caption)}, image.step, "image")

    def show_table(self, table: Table, step: int) -> None:
        text = self._repo.text(json.dumps([table.columns, *table.rows], ensure_ascii=False))
        self._track({table.name: text}, step, "table")

    def show(self, artifact: Artifact) -> None:
        from zenml_trackers.backends.aim import kept

        if (value := kept.value_of(artifact)) is not None:
            self._track({artifact.title: value}, artifact.step, str(artifact.shows))

    def take_one(self, record: Logged) -> None:
        self._time = record.time
        with self._repo.reaching():
            super().take_one(record)

    def _track(self, values: Mapping[str, Any], step: int, kind: str = "") -> None:
        """Track values; if one can't be for now, the others are not tracked twice when they are given again."""
        passes = {name: self._pass(self._last_steps[kind, name], step) for name in values}
        for name, value in values.items():
            named = {} if name else {NAMED: name}
            context = {**named, **({SHOWS: kind} if kind else {}), **({PASS: passes[name]} if passes[name] else {})}
            self._when = following(self._when, self._time)
            self.native.add(value, name or NAMELESS, step, context, self._when)
        for name, number in passes.items():
            self._last_steps[kind, name][number : number + 1] = [step]

    @staticmethod
    def _pass(last_steps: list[int], step: int) -> int:
        """The first in which the steps only grow."""
        return next((number for number, last in enumerate(last_steps) if last < step), len(last_steps))


def show_command(folder: Path) -> str:
    """What shows all runs of a repository."""
    return f"aim up --repo {shlex.quote(str(folder))}"
