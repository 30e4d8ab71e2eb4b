"""One run of Trackio's as the port wants it."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import trackio
from trackio.utils import serialize_values, to_json_safe

from zenml_trackers.backends.trackio import kept
from zenml_trackers.backends.trackio.attachments import NamedTable, new_artifact
from zenml_trackers.backends.trackio.step_run import StepRun, stored_name
from zenml_trackers.backends.trackio.store import Store
from zenml_trackers.errors import Losses, TrackerError, UnstorableValue
from zenml_trackers.model.records import Alert, Artifact, Image, Level, Logged, Metrics, RunError, Status, Table
from zenml_trackers.model.times import utc_text
from zenml_trackers.model.values.params import params
from zenml_trackers.port.backend import StepLog
from zenml_trackers.port.sinks import DocumentSink, Number

if TYPE_CHECKING:
    import PIL.Image

logger = logging.getLogger("zenml_trackers")

LEVELS: Mapping[Level, Any] = {
    "info": trackio.AlertLevel.INFO,
    "warning": trackio.AlertLevel.WARN,
    "error": trackio.AlertLevel.ERROR,
}
LONGEST_FOLDER = 255
"""Bytes that file systems allow in the name of a folder."""


class TrackioSink(DocumentSink):
    """Rows and the config are written by this alone; pictures, tables and artifacts by Trackio's own run.

    The document is the config of Trackio's run, which the step's code may change too. Touches `_save` of Trackio's
    pictures (0.24 to 0.43).
    """

    def __init__(
        self,
        native: StepRun,
        store: Store,
        links: dict[str, str],
        make_ready: Callable[[], None],
        publish: Callable[[], None],
        alerts: bool = True,
    ) -> None:
        """A run that is not stored yet.

        Args:
            native: Trackio's own run.
            store: Where rows and the config are put.
            links: Where it can be seen.
            make_ready: Called before the first row is stored.
            publish: Called after the last row is stored.
            alerts: Whether a failure is an alert; one that happened long ago is none.
        """
        super().__init__(native.config)
        self.native: StepRun = native
        self.id = native.id
        self.name = native.name
        self._store = store
        self._links = links
        self._make_ready = make_ready
        self._publish = publish
        self._alerts = alerts
        self._deleted = False
        self._put_once = False
        self._looked = -math.inf

    @property
    def links(self) -> dict[str, str]:
        return self._links

    def share(self, run: StepLog) -> None:
        self.native.run = run

    def begin(self) -> None:
        self._make_ready()

    def take(self, records: Iterable[Logged]) -> None:
        """Rows of metrics that follow each other are stored together."""
        records = list(records)
        self._look(self._store.look_after)
        if self._deleted and records:
            self.taken = records[-1].number
            raise Losses([], sum(isinstance(record, Metrics) for record in records))
        for kind, some in groupby(records, type):
            if issubclass(kind, Metrics):
                self._put_rows(cast("list[Metrics]", list(some)))
            else:
                super().take(some)

    def log(self, values: Mapping[str, Number], step: int) -> None:
        self._put_rows([Metrics(values=values, step=step)])

    def put(self, config: Mapping[str, Any]) -> None:
        if self._deleted:
            return
        kept, refused = params(to_json_safe(dict(config)))
        for error in refused:
            logger.warning("%s The run's other params are stored.", error)
        self._store.put(self._store.config_row(self.id, self.name, kept))
        self._put_once = self._store.tells_names

    def close(self, status: Status, error: RunError | None) -> None:
        self._look(after=0)
        if status is Status.FAILED and self._alerts and not self._deleted:
            self._alert(error)
        self.native.really_finish()
        super().close(status, error)

    def end(self, status: Status, error: RunError | None) -> None:
        for message in self.native.losses.values():
            raise TrackerError(message)
        self._store.close()  # what is published is in the file then
        self._publish()

    def others(self) -> int:
        return self._store.others()

    def give_up(self) -> None:
        self.native._stop_flag.set()
        self.native._has_local_buffer = False

    def keep(self, name: str, path: Path) -> None:
        with new_artifact(name, path) as artifact:
            self.native.log_artifact(artifact)

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        self.native.show({image.name: self._picture(image, picture)}, image.step)

    def show_table(self, table: Table, step: int) -> None:
        self.native.show({table.name: NamedTable(table.columns, table.rows)}, step)

    def show(self, artifact: Artifact) -> None:
        value = kept.value_of(artifact)
        if hasattr(value, "_save"):
            self._save(value, artifact.step)
        if value is not None:
            self.native.show({artifact.title: value}, artifact.step)

    def _look(self, after: float) -> None:
        """See whether the run was renamed or deleted in the dashboard, unless that was looked at just now."""
        if self._deleted or not self._put_once or time.monotonic() < self._looked + after:
            return
        self._looked = time.monotonic()
        name = self._store.name_of(self.id)
        if name is None:
            self._deleted = True
            logger.warning(
                "run %r: it was deleted in Trackio while it went on; nothing more of it is stored.", self.name
            )
        else:
            self.name = self.native.name = name

    def _put_rows(self, rows: Sequence[Metrics]) -> None:
        """Store rows, all at once; those that are stored already stay as they are, by their ids."""
        self._store.add([self._entry(row) for row in rows])
        self.taken = rows[-1].number

    def _entry(self, row: Metrics) -> dict[str, Any]:
        values = {stored_name(name): value for name, value in row.values.items()}
        return {
            "project": self.native.project,
            "run": self.name,
            "run_id": self.id,
            "metrics": values if all(map(math.isfinite, values.values())) else serialize_values(values),
            "step": row.step,
            "config": None,
            "log_id": f"{self.id}-{row.number}-{row.time}" if row.time else uuid4().hex,
            "timestamp": utc_text(row.time or time.time()),
        }

    def _picture(self, image: Image, drawn: PIL.Image.Image) -> Any:
        """The picture with its file written, which `log` would leave out with a mere warning if it can't be."""
        picture = trackio.Image(drawn, caption=image.caption or None)
        try:
            self._save(picture, image.step)
        except (OSError, ValueError) as error:
            raise UnstorableValue(f"Trackio can't keep the image {image.name!r} ({error}).") from error
        return picture

    def _save(self, media: Any, step: int) -> None:
        media._save(self.native.project, self._media_folder, step)

    @property
    def _media_folder(self) -> str:
        """Where Trackio puts a run's pictures: a folder of its name, even if that leads out of Trackio's own folder."""
        if is_folder(self.name):
            return self.name
        if not self._store.target.local:  # the server takes the name again
            raise ValueError(f"it would have to be in a folder of the run's name, which {self.name[:50]!r} can't be")
        return self.id

    def alert(self, alert: Alert) -> None:
        """Into the document, by which it is found again, and where Trackio shows it."""
        super().alert(alert)
        self.native.alert(alert.title, alert.text or None, level=LEVELS[alert.level])

    def _alert(self, error: RunError | None) -> None:
        self._alerts = False
        text = f"{error.type}: {error.message}" if error else None
        self.native.alert(f"{self.name} failed", text, level=trackio.AlertLevel.ERROR)


def is_folder(name: str) -> bool:
    """Whether the name, taken as a path, is that of a folder inside of the one where it is made."""
    parts = name.split("/")
    inside = all(part not in ("", ".", "..") and len(part.encode()) <= LONGEST_FOLDER for part in parts)
    return inside and not set(name) & {"\\", "\0"}
