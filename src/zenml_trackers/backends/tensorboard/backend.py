"""The runs of a project, in one folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from zenml_trackers.backends.tensorboard import native as calls
from zenml_trackers.backends.tensorboard.sink import NAME, NAMES, TensorBoardSink
from zenml_trackers.model import document
from zenml_trackers.model.records import Artifact, Feature, Image, Logged, RunSpec, Table
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.times import utc
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Backend
from zenml_trackers.port.folders import folder_name, folder_of, new_folder, reaching, see_writable
from zenml_trackers.port.inert import Inert

if TYPE_CHECKING:
    from zenml_trackers.backends.tensorboard.folder import RunFolder

FOLDER = "zenml_trackers.backends.tensorboard.folder"
"""Loads TensorBoard."""


class TensorBoardBackend(Backend):
    """The runs of a project in one folder."""

    name: ClassVar[str] = "tensorboard"
    library: ClassVar[str] = "tensorboard"
    requires: ClassVar[str] = "tensorboard>=2.18"
    """2.16 can't be used with NumPy 2."""
    features = frozenset({Feature.ARTIFACTS, Feature.MEDIA, Feature.RESUME})

    def __init__(self, folder: Path, project: str) -> None:
        self.project = project
        self.folder = folder / folder_name(project)

    @classmethod
    def from_url(
        cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float
    ) -> TensorBoardBackend:
        return cls(folder_of(url), url.options.get("project") or project)

    @property
    def place(self) -> str:
        return f"tensorboard:///{self.folder.parent}"

    def load(self) -> None:
        import_module(FOLDER)

    def open(self, spec: RunSpec, old: StoredRun | None) -> TensorBoardSink:
        with reaching(self.folder):
            folder = self._run(old.id if old else new_folder(self.folder, spec.name).name)
            config = document.continued(folder.document(), spec) if old else document.opening(spec)
            return TensorBoardSink(folder, {NAME: spec.name, **config}, folder.last)

    def read(self) -> Iterator[StoredRun]:
        for began, folder in sorted(((run.began, run) for run in self._runs()), key=itemgetter(0)):
            yield self._stored(folder, began)

    def find(self, run_id: str) -> StoredRun | None:
        run = self._run(run_id)
        return self._stored(run, run.began) if run.path.is_dir() else None

    def projects(self) -> list[str]:
        with reaching(self.folder.parent):
            there = [path.name for path in self.folder.parent.glob("[!.]*") if path.is_dir()]
        return sorted(self.project if name == self.folder.name else name for name in there)

    def attachments(self, run_id: str, folder: Path) -> Iterator[Logged]:
        run = self._run(run_id)
        names = run.document().get(NAMES, {})
        for path in run.kept():
            yield Artifact(name=names.get(path.name, path.name), path=path)
        for number, (value, shown) in enumerate(run.media()):
            if isinstance(shown, bytes):
                path = folder / f"{number}.png"
                path.write_bytes(shown)
                caption = value.stored.metadata.summary_description
                yield Image(name=value.tag, image=path, step=value.step, caption=caption)
            else:
                yield Table(name=value.tag, columns=shown[0], rows=shown[1:], step=value.step)

    def check(self) -> str:
        see_writable(self.folder)
        return f"the folder {self.folder}"

    @classmethod
    def attach(cls, native: Any) -> Callable[[], None]:
        if isinstance(native, Inert):
            return lambda: None
        folder = native.get_logdir()
        return calls.attach(folder, Path(folder).name)

    def _run(self, run_id: str) -> RunFolder:
        from zenml_trackers.backends.tensorboard.folder import RunFolder

        return RunFolder(self.folder, run_id)

    def _runs(self) -> Iterator[RunFolder]:
        """Those of other programs too, however deep; what was kept with a run is none, even if it holds events."""
        for at, inside, files in os.walk(self.folder):
            if any("tfevents" in name for name in files):
                run = self._run(os.path.relpath(at, self.folder))
                inside[:] = [name for name in inside if name != run.kept_in.name]
                yield run

    def _stored(self, run: RunFolder, began: float) -> StoredRun:
        config = run.document() or run.session()
        points = list(run.scalars())
        last = run.documented or (points[-1][0] if points else None)
        return document.stored_run(
            config,
            id=run.id,
            name=config.get(NAME, run.id),
            project=self.project,
            metrics=tuple(point for _, point in points),
            started=utc(began),
            ended=utc(last),
            **run.links,
        )
