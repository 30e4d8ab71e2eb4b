"""The experiment of ZenML's `comet` flavor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.records import Image, Table
from zenml_trackers.port.sinks import Number
from zenml_trackers.zenml.adopted.sink import AdoptedSink, need

if TYPE_CHECKING:
    import PIL.Image

LONGEST_NAME = 100
"""Characters of a metric's name; Comet cuts longer ones, and two may become one."""


class CometSink(AdoptedSink):
    """An experiment that is running."""

    def __init__(self, experiment: Any) -> None:
        key = experiment.get_key()
        super().__init__(key, experiment.get_name() or key, experiment.project_name or "", experiment)

    @property
    def links(self) -> dict[str, str]:
        return {"url": self.native.url} if self.native.url else {}

    def log(self, values: Mapping[str, Number], step: int) -> None:
        for name, value in values.items():
            if len(name) <= LONGEST_NAME:
                self.native.log_metric(name, int(value) if isinstance(value, bool) else value, step=step)
        if long := [name for name in values if len(name) > LONGEST_NAME]:
            raise UnstorableValue(f"{long[0]!r} is longer than the {LONGEST_NAME} characters that Comet takes")

    def set_params(self, values: Mapping[str, Any]) -> None:
        self.native.log_parameters(dict(values))

    def set_summary(self, values: Mapping[str, Number | str]) -> None:
        self.native.log_others(dict(values))

    def add_tags(self, tags: tuple[str, ...]) -> None:
        self.native.add_tags(list(tags))

    def keep(self, name: str, path: Path) -> None:
        for file in (file for file in (path, *path.rglob("*")) if file.is_file()):
            inside = file.relative_to(path).as_posix() if path.is_dir() else ""
            self.native.log_asset(str(file), file_name=f"{name}/{inside}" if inside else name)

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        about = {"caption": image.caption} if image.caption else None
        self.native.log_image(picture, name=image.name, step=image.step, metadata=about)

    def show_table(self, table: Table, step: int) -> None:
        rows = [list(row) for row in table.rows]
        self.native.log_table(f"{table.name}.csv", tabular_data=rows, headers=list(table.columns))


def adopt(component: Any) -> CometSink:
    """The process's running experiment."""
    import comet_ml

    return CometSink(need(comet_ml.get_global_experiment(), "Comet"))
