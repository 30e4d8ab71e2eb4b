"""One run that is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from zenml_trackers.backends.folders import folder_name, reaching
from zenml_trackers.records import RunError, Status, Table
from zenml_trackers.sinks import DocumentSink, Number
from zenml_trackers.steps import INT64

if TYPE_CHECKING:
    import PIL.Image

    from zenml_trackers.backends.tensorboard.folder import RunFolder

NAME = "zenml.name"
NAMES = "zenml.names"
"""In the document: the real names of artifacts that are stored under others."""


class TensorBoardSink(DocumentSink):
    """One run."""

    steps: ClassVar[range | None] = INT64

    def __init__(self, folder: RunFolder, config: dict[str, Any], last_step: int) -> None:
        super().__init__(config, last_step)
        self.id = folder.id
        self.name = config[NAME]
        self._folder = folder

    @property
    def links(self) -> dict[str, str]:
        return self._folder.links

    def begin(self) -> None:
        with reaching(self._folder.path):
            self.native = self._folder.begin()

    def log(self, values: Mapping[str, Number], step: int) -> None:
        self._folder.log(values, step)

    def put(self, config: Mapping[str, Any]) -> None:
        with reaching(self._folder.path):
            self._folder.put(config)

    def end(self, status: Status, error: RunError | None) -> None:
        self._folder.close()

    def give_up(self) -> None:
        self._folder.close()

    def keep(self, name: str, path: Path) -> None:
        stored = self._folder.keep(folder_name(name), path)
        if stored != name:
            self.config[NAMES] = {**self.config.get(NAMES, {}), stored: name}
            self.put(self.config)

    def show_image(self, name: str, image: PIL.Image.Image, step: int) -> None:
        self._folder.show_image(name, image, step)

    def show_table(self, table: Table, step: int) -> None:
        self._folder.show_table(table, step)
