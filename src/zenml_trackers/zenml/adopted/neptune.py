"""The run of ZenML's `neptune` flavor."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.records import Table
from zenml_trackers.port.sinks import Number
from zenml_trackers.zenml.adopted.sink import AdoptedSink, need

if TYPE_CHECKING:
    import PIL.Image


class NeptuneSink(AdoptedSink):
    """A series a metric, under its own name; params under `parameters`, artifacts under `artifacts`."""

    def __init__(self, run: Any, name: str, project: str) -> None:
        """A run of Neptune's; the last part of its address is its id, and no request has to be made for it."""
        super().__init__(run.get_url().rpartition("/")[2], name, project, run)

    @property
    def links(self) -> dict[str, str]:
        url = self.native.get_url()
        return {"url": url} if url.startswith("http") else {}

    def log(self, values: Mapping[str, Number], step: int) -> None:
        for name, value in values.items():
            if math.isfinite(value):
                self.native[name].append(float(value), step=step)
        if odd := [name for name, value in values.items() if not math.isfinite(value)]:
            raise UnstorableValue(f"{', '.join(odd)}: Neptune stores no value that is not finite")

    def set_params(self, values: Mapping[str, Any]) -> None:
        from neptune.utils import stringify_unsupported

        self.native["parameters"] = stringify_unsupported(dict(values))

    def set_summary(self, values: Mapping[str, Number | str]) -> None:
        for name, value in values.items():
            self.native[f"summary/{name}"] = value

    def add_tags(self, tags: tuple[str, ...]) -> None:
        self.native["sys/tags"].add(list(tags))

    def keep(self, name: str, path: Path) -> None:
        kept = self.native[f"artifacts/{name}"]
        if path.is_dir():
            kept.upload_files(str(path))
        else:
            kept.upload(str(path))

    def show_image(self, name: str, image: PIL.Image.Image, step: int) -> None:
        from neptune.types import File

        self.native[name].append(File.as_image(image), step=step)

    def show_table(self, table: Table, step: int) -> None:
        from neptune.types import File

        text = io.StringIO()
        csv.writer(text).writerows([table.columns, *table.rows])
        self.native[f"tables/{table.name}/{step}"].upload(File.from_content(text.getvalue(), extension="csv"))


def adopt(component: Any) -> NeptuneSink:
    """The run of the component, which begins it when it is first asked for."""
    state = component.run_state
    run = need(state.active_run if state.initialized else None, "Neptune")
    return NeptuneSink(run, state.run_name, state.project or "")
