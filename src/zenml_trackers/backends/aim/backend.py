"""The runs of an experiment in a repository."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from zenml_trackers.backends.aim.sink import NAMES, SHOWS, AimSink, show_command
from zenml_trackers.model import document
from zenml_trackers.model.records import Artifact, Feature, Image, Logged, RunSpec, Status, Table
from zenml_trackers.model.stored import MetricPoint, StoredRun
from zenml_trackers.model.times import utc
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Backend
from zenml_trackers.port.folders import folder_of, reaching, see_writable
from zenml_trackers.port.inert import Inert

if TYPE_CHECKING:
    from zenml_trackers.backends.aim.reading import Point, ReadRun
    from zenml_trackers.backends.aim.repository import AimRepo

NUMBERS, IMAGE, TEXT = ("float", "int"), "aim.image", "aim.text"
OF_FILES = "aim.distribution", "aim.audio"
"""Aim's types, the last two for what is in artifacts."""


class AimBackend(Backend):
    """The runs of an experiment in a repository on this machine."""

    name: ClassVar[str] = "aim"
    library: ClassVar[str] = "aim"
    requires: ClassVar[str] = "aim>=3.29"
    """In 3.28, a run that is resumed loses what it had."""
    features = frozenset({Feature.ARTIFACTS, Feature.MEDIA, Feature.RESUME})

    def __init__(self, folder: Path, project: str) -> None:
        self.folder = folder
        self.project = project

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> AimBackend:
        return cls(folder_of(url), url.options.get("project") or project)

    @property
    def place(self) -> str:
        return f"aim:///{self.folder}"

    def load(self) -> None:
        self._repo()

    def open(self, spec: RunSpec, old: StoredRun | None) -> AimSink:
        repo = self._repo()
        if old is None:
            return AimSink(repo, self.project, spec.name, document.opening(spec))
        run = repo.run(old.id)
        names = {NAMES: config[NAMES]} if NAMES in (config := run.params) else {}
        sink = AimSink(repo, self.project, spec.name, {**names, **document.reopened(old, spec)})
        sink.go_on(old, run.points(*NUMBERS, IMAGE, TEXT, *OF_FILES))
        return sink

    def read(self) -> Iterator[StoredRun]:
        return (self._stored(run, run.points(*NUMBERS)) for run in self._runs())

    def overview(self) -> Iterator[StoredRun]:
        return (self._stored(run, () if run.ended else run.points(*NUMBERS)) for run in self._runs())

    def find(self, run_id: str) -> StoredRun | None:
        run = self._repo().run(run_id) if self._exists else None
        return self._stored(run, run.points(*NUMBERS)) if run and run.experiment == self.project else None

    def projects(self) -> list[str]:
        return self._repo().experiments() if self._exists else []

    def attachments(self, run_id: str, folder: Path) -> Iterator[Logged]:
        run = self._repo().run(run_id)
        names = run.params.get(NAMES, {})
        for path in run.artifacts():
            yield Artifact(name=names.get(path.name, path.name), path=path)
        for number, point in enumerate(run.points(IMAGE)):
            path = folder / f"{number}.png"
            point.value.to_pil_image().save(path)
            yield Image(name=point.name, image=path, step=point.step, caption=point.value.caption)
        for point in run.points(TEXT):
            if point.context.get(SHOWS) == "table":
                columns, *rows = json.loads(point.value.data)
                yield Table(name=point.name, columns=columns, rows=rows, step=point.step)

    def check(self) -> str:
        see_writable(self.folder)
        return f"the Aim repository {self.folder}, experiment {self.project!r}"

    @classmethod
    def attach(cls, native: Any) -> Callable[[], None]:
        if isinstance(native, Inert):
            return lambda: None
        from zenml_trackers.backends.aim import native as calls

        return calls.attach(native)

    @property
    def _exists(self) -> bool:
        """Whether the folder is a repository; to read one makes none."""
        return (self.folder / ".aim").is_dir()

    def _repo(self) -> AimRepo:
        with reaching(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        from zenml_trackers.backends.aim.repository import AimRepo

        return AimRepo(self.folder)

    def _runs(self) -> Sequence[ReadRun]:
        return self._repo().runs(self.project) if self._exists else ()

    def _stored(self, run: ReadRun, points: Sequence[Point]) -> StoredRun:
        config = run.params
        if document.STATUS not in config and run.ended:
            config[document.STATUS] = Status.FINISHED.value
        config.setdefault(document.TAGS, run.tags)
        return document.stored_run(
            config,
            id=run.id,
            name=run.name,
            project=self.project,
            metrics=tuple(MetricPoint(name=point.name, step=point.step, value=point.value) for point in points),
            started=utc(run.created),
            ended=utc(run.ended or (points[-1].when if points else None)),
            show_command=show_command(self.folder),
        )
