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

from zenml_trackers import document
from zenml_trackers.backends.tensorboard import events, shown
from zenml_trackers.records import MetricPoint, Table

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

    @property
    def links(self) -> dict[str, str]:
        """The command that shows it, and all other runs of the project."""
        return {"show_command": f"tensorboard --logdir {shlex.quote(str(self.project))}"}

    def begin(self) -> events.RunWriter:
        """Begin a new event file, and give TensorBoard's own writer for it."""
        self._events = events.EventFile(self.path / f"{EVENTS}{time.time_ns()}")
        return events.RunWriter(self.path, self._events)

    def close(self) -> None:
        """End the event file."""
        if self._events is not None:
            self._events.close()

    def _add(self, step: int, *values: Any) -> None:
        if self._events is not None:
            self._events.add(*values, step=step)

    def log(self, values: Mapping[str, bool | int | float], step: int) -> None:
        """Add scalars."""
        self._add(step, *(shown.scalar(name, value) for name, value in values.items()))

    def show_image(self, name: str, image: PIL.Image.Image, step: int) -> None:
        """Add an image."""
        self._add(step, shown.picture(name, image))

    def show_table(self, table: Table, step: int) -> None:
        """Add a table, as text that the Text tab shows as one."""
        cells = [[shown.cell(cell) for cell in row] for row in (table.columns, *table.rows)]
        self._add(step, shown.text(table.name, cells))

    def keep(self, name: str, path: Path) -> str:
        """Copy a file or folder, and tell the name of the copy."""
        self.kept_in.mkdir(exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, self.kept_in / name, dirs_exist_ok=True)
        else:
            shutil.copy2(path, self.kept_in / name)
        return name

    def put(self, config: Mapping[str, Any]) -> None:
        """Replace the document; whoever reads it meanwhile finds the old one or the new.

        It has a new name each time, so that a TensorBoard that is running sees the change.
        """
        now = time.time_ns()
        written = events.EventFile(self.path / f"document.{now}")
        # indented, JSON is a block of code in Markdown; a text may hold other ends of lines, which stay as they are
        json_text = " " * 4 + json.dumps(config, ensure_ascii=False, indent=2).replace("\n", "\n" + " " * 4)
        columns = {name: value for name, value in config.items() if name != document.STATUS}
        session = shown.session(self.id, self.began, config[document.STATUS], columns)
        written.add(shown.text(DOCUMENT_TAG, json_text), *session)
        written.close()
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

    def scalars(self) -> Iterator[tuple[float, MetricPoint]]:
        """Each with the time when it was added, in that order."""
        for value in self._values("scalars"):
            yield value.when, MetricPoint(name=value.tag, step=value.step, value=shown.number(value.stored))

    def media(self) -> Iterator[tuple[events.Value, bytes | list[list[Any]]]]:
        """Images as files, and tables as rows of cells of which the first is the columns."""
        for value in self._values("images", "text"):
            array = shown.array(value.stored)
            if value.plugin == "images":
                yield from ((value, image) for image in array[2:])  # width and height come first
            elif array.ndim == 2:
                yield value, [[shown.cell_value(cell) for cell in row] for row in array]

    def kept(self) -> list[Path]:
        """The files and folders that were kept."""
        return sorted(self.kept_in.glob("*"))

    def _files(self) -> list[Path]:
        return [path for path in self.path.glob("*tfevents*") if not path.name.startswith(DOCUMENTS)]

    def _documents(self) -> list[Path]:
        return sorted(self.path.glob(f"{DOCUMENTS}*"))

    def _values(self, *plugins: str) -> Iterator[events.Value]:
        files = map(events.values, self._files())
        return (value for value in heapq.merge(*files, key=attrgetter("when")) if value.plugin in plugins)
