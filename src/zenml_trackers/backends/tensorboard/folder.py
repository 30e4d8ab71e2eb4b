"""One run's folder: its event files, its document, and what is kept with it."""

from __future__ import annotations

import heapq
import json
import shlex
import shutil
import time
from collections.abc import Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenml_trackers.backends.tensorboard import events, kept, shown
from zenml_trackers.model import document
from zenml_trackers.model.records import Artifact, Image, Table
from zenml_trackers.model.stored import MetricPoint
from zenml_trackers.port import folders

if TYPE_CHECKING:
    import PIL.Image

EVENTS = "events.out.tfevents."
DOCUMENTS = f"{EVENTS}0."
"""The document's file sorts before all others: TensorBoard's slower loader doesn't look back at what it passed."""
DOCUMENT_TAG = "zenml"
KEPT = "artifacts"
TRIES = 10
"""To read a document that is being replaced."""


class RunFolder:
    """A run, made by this package or not."""

    def __init__(self, project: Path, run_id: str) -> None:
        """Nothing is touched.

        Args:
            project: The folder of all runs.
            run_id: The run's own folder below it.
        """
        self.project = project
        self.id = run_id
        self.path = project / run_id
        self.kept_in = self.path / KEPT
        self._events: events.EventFile | None = None
        self._waiting: list[bytes] = []
        self.waiting = 0
        """The bytes that are to be written."""

    @property
    def links(self) -> dict[str, str]:
        """The command that shows it, and all other runs of the project."""
        return {"show_command": f"tensorboard --logdir {shlex.quote(str(self.project))}"}

    def begin(self, config: Mapping[str, Any]) -> events.RunWriter:
        """Begin a new event file and put the document; TensorBoard's own writer for the run.

        A run that can't be begun leaves nothing behind: it is tried again as another one.
        """
        is_new = not any(self.path.iterdir())
        try:
            self._events = events.EventFile(self.path / f"{EVENTS}{self._later(EVENTS)}")
            self.put(config)
        except BaseException:
            if is_new:
                shutil.rmtree(self.path, ignore_errors=True)
            raise
        return events.RunWriter(self.path, self._events)

    def flush(self) -> None:
        """Write what was added: all of it, or nothing."""
        if self._events is not None and self._waiting:
            self._events.append(self._waiting)
        self.forget()

    def forget(self) -> None:
        """Don't write what was added and not written."""
        self._waiting, self.waiting = [], 0

    def add_scalars(self, values: Mapping[str, bool | int | float], step: int, when: float) -> None:
        """Add numbers."""
        self._add(step, when, *(shown.scalar(name, value) for name, value in values.items()))

    def add_image(self, image: Image, picture: PIL.Image.Image, when: float) -> None:
        """Add an image, with its caption as TensorBoard's description."""
        self._add(image.step, when, shown.picture(image.name, picture, image.caption))

    def add_table(self, table: Table, step: int, when: float) -> None:
        """Add a table, as text that the Text tab shows as one."""
        cells = [[shown.cell(cell) for cell in row] for row in (table.columns, *table.rows)]
        self._add(step, when, shown.text(table.name, cells))

    def add_kept(self, artifact: Artifact, when: float) -> None:
        """Add what is in a file, if TensorBoard shows such things."""
        if (value := kept.value_of(artifact)) is not None:
            self._add(artifact.step, when, value)

    def _add(self, step: int, when: float, *values: Any) -> None:
        event = events.event(when, step, *values)
        self._waiting.append(event)
        self.waiting += len(event)

    def put(self, config: Mapping[str, Any]) -> None:
        """Replace the document; whoever reads it meanwhile finds the old one or the new.

        It has a new name each time, so that a TensorBoard that is running sees the change.
        """
        now = self._later(DOCUMENTS)
        # indented, JSON is a block of code in Markdown; a text may hold other ends of lines, which stay as they are
        json_text = " " * 4 + json.dumps(config, ensure_ascii=False, indent=2).replace("\n", "\n" + " " * 4)
        columns = {name: value for name, value in config.items() if name != document.STATUS}
        session = shown.session(self.id, self.began, config[document.STATUS], columns)
        written = events.EventFile(self.path / f"document.{now}")
        written.append([events.event(time.time(), 0, shown.text(DOCUMENT_TAG, json_text), *session)])
        (self.path / f"document.{now}").rename(self.path / f"{DOCUMENTS}{now}")
        for old in self._documents()[:-1]:
            old.unlink(missing_ok=True)

    def document(self) -> dict[str, Any]:
        """The document; empty if another program made the run."""
        for _ in range(TRIES):
            for path in self._documents()[-1:]:
                for value in events.values(path):
                    if value.tag == DOCUMENT_TAG:
                        return dict(json.loads(shown.array(value.stored).item()))
        return {}

    def session(self) -> dict[str, Any]:
        """The document of a run that another program made, from what the HParams tab shows of it."""
        found: dict[str, Any] = {}
        for value in self._values("hparams"):
            status, params = shown.session_of(value.stored)
            document.add_params(found, params)
            if status is not None:
                found[document.STATUS] = status
        return found

    @property
    def documented(self) -> float | None:
        """When the document was put, in seconds since 1970; None if there is none."""
        return next((float(path.name.removeprefix(DOCUMENTS)) / 1e9 for path in reversed(self._documents())), None)

    @property
    def began(self) -> float:
        """When its first event was added, in seconds since 1970."""
        return min(map(events.began, self._files()), default=0.0)

    @property
    def last(self) -> float:
        """When the last of its events was added, in seconds since 1970; 0 if there is none."""
        return max(map(events.last, self._files()), default=0.0)

    def scalars(self) -> Iterator[tuple[float, MetricPoint]]:
        """Each with the time when it was logged, in that order; a library's own calls are in the file before that."""
        for value in sorted(self._values("scalars"), key=attrgetter("when")):
            yield value.when, MetricPoint(name=value.tag, step=value.step, value=shown.number(value.stored))

    def media(self) -> Iterator[tuple[events.Value, bytes | list[list[Any]]]]:
        """Images as files, and tables as rows of cells of which the first is the columns."""
        for value in self._values("images", "text"):
            array = shown.array(value.stored)
            if kept.is_film(value.stored):
                continue
            if value.plugin == "images":
                yield from ((value, image) for image in array[2:])  # width and height come first
            elif array.ndim == 2:
                yield value, [[shown.cell_value(cell) for cell in row] for row in array]

    def kept(self) -> list[Path]:
        """The files and folders that were kept."""
        return folders.kept(self.kept_in)

    def _files(self) -> list[Path]:
        return sorted(path for path in self.path.glob("*tfevents*") if not path.name.startswith(DOCUMENTS))

    def _later(self, prefix: str) -> int:
        """What makes a name that sorts after all that begin so: now, unless the clock was set back."""
        ends = (path.name.removeprefix(prefix) for path in self.path.glob(f"{prefix}*"))
        return max(time.time_ns(), *(int(end) + 1 for end in ends if end.isdecimal()), 0)

    def _documents(self) -> list[Path]:
        return sorted(self.path.glob(f"{DOCUMENTS}*"))

    def _values(self, *plugins: str) -> Iterator[events.Value]:
        files = map(events.values, self._files())
        return (value for value in heapq.merge(*files, key=attrgetter("when")) if value.plugin in plugins)
