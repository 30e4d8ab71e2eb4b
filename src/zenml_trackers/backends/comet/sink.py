"""One experiment of Comet's as the port wants it."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenml_trackers.backends.common.ended_sink import EndedSink
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.model import document
from zenml_trackers.model.naming import Names
from zenml_trackers.model.records import Artifact, Image, RunError, Status, Table
from zenml_trackers.model.values.params import leaves
from zenml_trackers.port.shown import histogram_in, text_in
from zenml_trackers.port.sinks import Number

if TYPE_CHECKING:
    import PIL.Image

DOCUMENT = "zenml/document.json"
"""The asset with the exact document."""
NAME = "zenml.name"
"""Where the document keeps the run's whole name."""
RECEIPTS = "zenml.names"
"""Where the document keeps which metric each changed name stands for."""
OWN = "zenml"
"""The key of an asset's metadata that says what it is."""
NUMBER = "number"
"""The key beside it that tells one document from the next."""
OTHERS = (
    document.STATUS,
    document.PIPELINE,
    document.PIPELINE_RUN,
    document.STEP,
    document.ATTEMPT,
    document.PARENT,
    document.METADATA,
    document.ERROR_TYPE,
    document.ERROR_MESSAGE,
)
LONGEST_NAME, LONGEST_TEXT = 100, 1000
TAIL = 64 * 1024
"""Bytes at the end of the messages in which the last document is looked for."""
PATIENCE = 30.0
"""Seconds that Comet's thread may take to write what it was given."""


class CometSink(EndedSink):
    """An experiment that Comet made already."""

    def __init__(self, experiment: Any, name: str, config: dict[str, Any], online: bool) -> None:
        super().__init__({**config, NAME: name})
        self.native = experiment
        self.id = experiment.get_key()
        self.name = name
        self._online = online
        self._names = Names(r"^(process duration|)$", LONGEST_NAME, config.get(RECEIPTS))
        self._shown: dict[str, Any] = {}
        self._puts = 0

    @property
    def links(self) -> dict[str, str]:
        if self._online:
            return {"url": self.native.url}
        return links_of(self.native.archive)

    def begin(self) -> None:
        self.native.set_name(self.name[:LONGEST_TEXT])
        self.put(self.config)
        self._wait_for_document()

    def log(self, values: Mapping[str, Number], step: int) -> None:
        known = len(self._names.receipt)
        row = {self._names.stored(name): value for name, value in values.items()}
        if len(self._names.receipt) != known:
            self.config[RECEIPTS] = dict(self._names.receipt)
            self.put(self.config)
        for name, value in row.items():
            self.native.log_metric(name, int(value) if isinstance(value, bool) else value, step=step)

    def put(self, config: Mapping[str, Any]) -> None:
        run = self.native
        if tags := [tag for tag in config[document.TAGS] if tag not in run.get_tags()]:
            run.add_tags(tags)
        others = {key: _text(config[key]) for key in OTHERS if key in config}
        others.update({f"{document.SUMMARY}.{key}": each for key, each in config.get(document.SUMMARY, {}).items()})
        params = {key: value for key, value in config.items() if not key.startswith(document.PREFIX)}
        flat = dict(_flat({**params, **config.get(document.PARAMS, {})}))
        for key, value in self._news(others).items():
            run.log_other(key, value)
        if news := self._news(flat):
            run.log_parameters(news)
        self._puts += 1
        about = {OWN: "document", NUMBER: self._puts}
        run.log_asset_data(json.dumps(config), name=DOCUMENT, overwrite=True, metadata=about)

    def finish(self, status: Status, error: RunError | None) -> None:
        if status is Status.FAILED:
            told = f"{error.type}: {error.message}" if error else "failed"
            self.native._report_experiment_error(told, has_crashed=True)
        self._wait_for_document()  # at its end, Comet may drop the message that its thread has in hand
        if not self.native.really_end():
            raise TrackerUnreachable("Comet could not deliver all that was logged")

    def keep(self, name: str, path: Path) -> None:
        about = {OWN: "artifact", "name": name, "inside": "", "file": path.name}
        files = [file for file in (path, *path.rglob("*")) if file.is_file()]
        for file in files:
            inside = str(file.relative_to(path)) if path.is_dir() else ""
            shown = f"{name}/{inside}" if inside else name
            self.native.log_asset(str(file), file_name=shown, metadata={**about, "inside": inside})
        if not files:  # Comet has files alone
            self.native.log_asset_data("", name=f"{name}/", metadata={**about, "empty": True})

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        about = {OWN: "image", **image.model_dump(include={"name", "caption"})}
        self.native.log_image(picture, name=image.name, step=image.step, metadata=about)

    def show_table(self, table: Table, step: int) -> None:
        cells = {"columns": list(table.columns), "rows": [list(row) for row in table.rows]}
        about = {OWN: "table", "name": table.name}
        self.native.log_asset_data(json.dumps(cells), name=f"{table.name}.json", step=step, metadata=about)
        self.native.log_table(f"{table.name}.csv", tabular_data=cells["rows"], headers=cells["columns"])

    def show(self, artifact: Artifact) -> None:
        common: dict[str, Any] = {"step": artifact.step, "metadata": {OWN: "shown", "name": artifact.title}}
        file = f"{artifact.title}{artifact.path.suffix}"
        match artifact.shows:
            case "text":
                self.native.log_text(text_in(artifact), **common)
            case "histogram":
                self.native.log_histogram_3d(_bins(artifact), name=artifact.title, **common)
            case "audio":
                self.native.log_audio(str(artifact.path), file_name=file, **common)
            case "video":
                self.native.log_video(str(artifact.path), name=file, **common)

    def _news(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """What Comet was not told yet."""
        news = {key: value for key, value in shown.items() if repr(self._shown.get(key, self)) != repr(value)}
        self._shown.update(news)
        return news

    def _wait_for_document(self) -> None:
        """Until Comet's thread has written the last one to the disk, if that is where it goes."""
        until = time.monotonic() + PATIENCE
        while not self._online and f'"{NUMBER}":{self._puts}' not in _tail(self.native.messages):
            if time.monotonic() > until:
                raise TrackerUnreachable(f"Comet has not written the run to {self.native.messages} in time")
            time.sleep(0.005)


def _bins(artifact: Artifact) -> Any:
    """A histogram with Comet's own bins: each count is in the one that has the middle of its bin."""
    from comet_ml.data_structure import Histogram

    counts, edges = histogram_in(artifact)
    shown = Histogram()
    shown.add([(low + high) / 2 for low, high in pairwise(edges)], counts=counts)
    return shown


def links_of(archive: Path) -> dict[str, str]:
    """The command that uploads an archive: nothing shows it here."""
    return {"show_command": f"comet upload {shlex.quote(str(archive))}"}


def _tail(file: Path) -> str:
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - TAIL))
        return stream.read().decode(errors="replace")


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """As Comet shows nested maps; what is longer than it takes is cut, since the document has it all."""
    for key, value in leaves(values, "|"):
        yield key[:LONGEST_NAME], value if isinstance(value, (bool, int, float)) else _text(value)


def _text(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))[:LONGEST_TEXT]
