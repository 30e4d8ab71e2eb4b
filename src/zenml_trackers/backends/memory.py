"""Runs in the machine's memory, for tests and notebooks: seen by all its processes, gone when it restarts.

`memory://name`. A run is a folder below `/dev/shm`, elsewhere below the folder for temporary files: a file with a line
of JSON for each thing that was logged, and what was kept with the run.
"""

from __future__ import annotations

import getpass
import json
import re
import shlex
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

from zenml_trackers.errors import InvalidUrl
from zenml_trackers.model import document
from zenml_trackers.model.records import Artifact, Feature, Image, Logged, RunError, RunSpec, Status, Table
from zenml_trackers.model.stored import MetricPoint, StoredRun
from zenml_trackers.model.times import utc
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Backend
from zenml_trackers.port.folders import append, folder_name, keep, kept, see_writable
from zenml_trackers.port.sinks import DocumentSink, Number

if TYPE_CHECKING:
    import PIL.Image

SHARED_MEMORY = Path("/dev/shm")
NAME = re.compile(r"[\w-]+")
NANOSECONDS = 1e9
KEPT = "kept"
LONGEST = 255
"""Characters of a folder's name."""


class MemoryBackend(Backend):
    """The runs of a project under one name."""

    name: ClassVar[str] = "memory"
    features = frozenset({Feature.ARTIFACTS, Feature.MEDIA, Feature.RESUME})

    def __init__(self, name: str, project: str) -> None:
        self.project = project
        self._at = str(TrackerUrl(backend=self.name, host=name, options={"project": project}))
        hexed = project.encode().hex()
        self.folder = _root() / name / (hexed if len(hexed) <= LONGEST else folder_name(project))

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> MemoryBackend:
        url.need_transport(None)
        url.need_options(())
        if not NAME.fullmatch(url.host):
            raise InvalidUrl(f"{url.shown} names no memory; write memory://name, of letters, digits, '-' and '_'.")
        return cls(url.host, url.path or url.options.get("project") or project)

    def open(self, spec: RunSpec, old: StoredRun | None) -> MemorySink:
        run_id = old.id if old else f"{time.time_ns()}-{uuid4().hex[:8]}"
        config = document.reopened(old, spec) if old else document.opening(spec)
        return MemorySink(self.folder / run_id, spec.name, self._show_command(run_id), config)

    def read(self) -> Iterator[StoredRun]:
        for file in sorted(self.folder.glob("*/run.jsonl")):
            if (run := self._stored(file.parent.name)) is not None:
                yield run

    def find(self, run_id: str) -> StoredRun | None:
        return self._stored(run_id) if (self.folder / run_id / "run.jsonl").is_file() else None

    def projects(self) -> list[str]:
        return sorted(map(self._project_in, self.folder.parent.glob("*")))

    def attachments(self, run_id: str, folder: Path) -> Iterator[Logged]:
        names = {fields[0]: fields[1] for kind, *fields in self._lines(run_id) if kind == "artifact"}
        for path in (path for path in kept(self.folder / run_id / KEPT) if path.name in names):
            copy = shutil.copytree if path.is_dir() else shutil.copy2
            yield Artifact(name=names[path.name], path=Path(copy(path, folder / path.name)))
        for kind, *fields in self._lines(run_id):
            if kind == "image":
                name, step, file, caption = fields
                yield Image(name=name, image=self.folder / run_id / file, step=step, caption=caption)
            if kind == "table":
                yield Table(name=fields[0], step=fields[1], columns=fields[2], rows=fields[3])

    def check(self) -> str:
        see_writable(self.folder)
        return f"the memory of this machine, at {self.folder.parent}"

    def _show_command(self, run_id: str) -> str:
        return f"zenml-trackers runs {shlex.quote(self._at)} --run {run_id}"

    def _stored(self, run_id: str) -> StoredRun | None:
        """None if it has only begun."""
        fields: dict[str, list[Any]] = defaultdict(list)
        for kind, *values in self._lines(run_id):
            fields[kind].append(values)
        if not fields["config"]:
            return None
        return document.stored_run(
            fields["config"][-1][0],
            id=run_id,
            name=fields["name"][0][0],
            project=self.project,
            metrics=tuple(MetricPoint(name=name, step=step, value=value) for name, step, value in fields["metric"]),
            show_command=self._show_command(run_id),
            started=utc(int(run_id.partition("-")[0]) / NANOSECONDS),
            ended=utc(fields["ended"][-1][0] / NANOSECONDS) if fields["ended"] else None,
        )

    def _project_in(self, folder: Path) -> str:
        """The project's name; of another one whose name is too long for a folder's, only what stands for it."""
        if folder == self.folder:
            return self.project
        with suppress(ValueError):
            return bytes.fromhex(folder.name).decode()
        return folder.name

    def _lines(self, run_id: str) -> Iterator[list[Any]]:
        with (self.folder / run_id / "run.jsonl").open(encoding="utf-8") as file:
            for line in file:
                with suppress(ValueError):  # a process that was killed may have torn it
                    yield json.loads(line)


class MemorySink(DocumentSink):
    """One run."""

    def __init__(self, folder: Path, name: str, show_command: str, config: dict[str, Any]) -> None:
        super().__init__(config)
        self.id = folder.name
        self.name = name
        self.native = folder
        self._show_command = show_command
        self._folder = folder

    @property
    def links(self) -> dict[str, str]:
        return {"show_command": self._show_command}

    def begin(self) -> None:
        _make(self._folder)
        self._append(("name", self.name), after="\n")  # ends what a process that was killed may have torn

    def log(self, values: Mapping[str, Number], step: int) -> None:
        self._append(*(("metric", name, step, value) for name, value in values.items()))

    def put(self, config: Mapping[str, Any]) -> None:
        self._append(("config", config))

    def end(self, status: Status, error: RunError | None) -> None:
        self._append(("ended", time.time_ns()))

    def keep(self, name: str, path: Path) -> None:
        stored = folder_name(name)
        self._append(("artifact", stored, name))
        keep(path, self._folder / KEPT / stored)

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        file = f"{uuid4().hex}.png"
        picture.save(self._folder / file)
        self._append(("image", image.name, image.step, file, image.caption))

    def show_table(self, table: Table, step: int) -> None:
        self._append(("table", table.name, step, table.columns, table.rows))

    def _append(self, *entries: tuple[Any, ...], after: str = "") -> None:
        lines = "".join(json.dumps(fields) + "\n" for fields in entries)
        with (self._folder / "run.jsonl").open("ab", buffering=0) as file:
            append(file, f"{after}{lines}".encode())


def _make(folder: Path) -> None:
    """Whatever is missing of its path is its owner's alone: all users share this memory."""
    for each in (*reversed(folder.parents), folder):
        each.mkdir(mode=0o700, exist_ok=True)


def _root() -> Path:
    base = SHARED_MEMORY if SHARED_MEMORY.is_dir() else Path(tempfile.gettempdir())
    return base / f"zenml-trackers-{getpass.getuser()}"
