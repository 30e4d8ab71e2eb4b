"""One run that is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenml_trackers.model.records import Artifact, Image, Logged, RunError, Status, Table
from zenml_trackers.model.times import following
from zenml_trackers.port.folders import folder_name, keep, reaching
from zenml_trackers.port.sinks import DocumentSink, Number

if TYPE_CHECKING:
    import PIL.Image

    from zenml_trackers.backends.tensorboard.folder import RunFolder

NAME = "zenml.name"
NAMES = "zenml.names"
"""In the document: the real names of artifacts that are stored under others."""
LARGE = 2**20
"""Bytes that are not kept waiting for the end of a batch."""


class TensorBoardSink(DocumentSink):
    """One run. What is written in one batch reaches the event file at once, in the order of its time."""

    def __init__(self, folder: RunFolder, config: dict[str, Any], last: float) -> None:
        super().__init__(config)
        self.id = folder.id
        self.name = config[NAME]
        self._folder = folder
        self._when = last
        self._flushed = -1

    @property
    def links(self) -> dict[str, str]:
        return self._folder.links

    def write(self, records: Sequence[Logged]) -> None:
        self._folder.forget()  # what an earlier call could not write is given again
        self.taken = self._flushed
        try:
            super().write(records)
        finally:
            self._flush()

    def stored(self) -> int:
        return self._flushed

    def begin(self) -> None:
        with reaching(self._folder.path):
            self.native = self._folder.begin(self.config)
        self.changed = False

    def log(self, values: Mapping[str, Number], step: int) -> None:
        self._folder.add_scalars(values, step, self._when)

    def put(self, config: Mapping[str, Any]) -> None:
        with reaching(self._folder.path):
            self._folder.put(config)

    def end(self, status: Status, error: RunError | None) -> None:
        """Nothing: the document has it."""

    def keep(self, name: str, path: Path) -> None:
        stored = folder_name(name)
        keep(path, self._folder.kept_in / stored)
        if stored != name:
            self.config[NAMES] = {**self.config.get(NAMES, {}), stored: name}
            self.changed = True

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        self._folder.add_image(image, picture, self._when)

    def show_table(self, table: Table, step: int) -> None:
        self._folder.add_table(table, step, self._when)

    def show(self, artifact: Artifact) -> None:
        self._folder.add_kept(artifact, self._when)

    def take_one(self, record: Logged) -> None:
        if self._folder.waiting > LARGE:
            self._flush()
        self._when = following(self._when, record.time)
        super().take_one(record)

    def _flush(self) -> None:
        """Bring all that was taken into the event file."""
        with reaching(self._folder.path):
            self._folder.flush()
        self._flushed = self.taken
