"""One run of Trackio's as the port wants it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import trackio
from trackio.utils import serialize_values, to_json_safe

from zenml_trackers.backends.trackio.attachments import NamedTable, new_artifact
from zenml_trackers.backends.trackio.native import StepRun, is_reserved
from zenml_trackers.backends.trackio.store import Store
from zenml_trackers.errors import Losses, TrackerError, UnstorableValue
from zenml_trackers.model import document
from zenml_trackers.model.records import Artifact, Image, Logged, Metrics, Params, RunError, Status, Table, Tags
from zenml_trackers.model.times import utc_text
from zenml_trackers.model.values import plain, split
from zenml_trackers.port.backend import Sink, StepLog

logger = logging.getLogger("zenml_trackers")

LONGEST_FOLDER = 255
"""Bytes that file systems allow in the name of a folder."""


class TrackioSink(Sink):
    """Rows and the config are written by this alone; pictures, tables and artifacts by Trackio's own run.

    Touches `_save` of Trackio's pictures (0.24 to 0.43).
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
        self.native: StepRun = native
        self.id = native.id
        self.name = native.name
        self._store = store
        self._links = links
        self._make_ready = make_ready
        self._publish = publish
        self._alerts = alerts
        self._changed = True
        self._stored = -1
        self._losses: list[Exception] = []

    @property
    def links(self) -> dict[str, str]:
        return self._links

    def share(self, run: StepLog) -> None:
        self.native.run = run

    def write(self, records: Sequence[Logged]) -> None:
        self._make_ready()
        rows: list[Metrics] = []
        for record in records:
            if isinstance(record, Metrics):
                rows.append(record)
            else:
                self._put_rows(rows)
                self._try(record)
        self._put_rows(rows)
        if self._changed:
            self._put_config()
        losses, self._losses = self._losses, []
        if losses:
            raise Losses(losses)

    def close(self, status: Status, error: RunError | None) -> None:
        if status is Status.FAILED and self._alerts:
            self._alert(error)
        self.native.really_finish()
        document.end(self.native.config, status, error)
        self._put_config()
        self._need_no_losses()
        self._publish()

    def stored(self) -> int:
        return self._stored

    def others(self) -> int:
        return self._store.others()

    def give_up(self) -> None:
        self.native._stop_flag.set()
        self.native._has_local_buffer = False

    def _need_no_losses(self) -> None:
        for message in self.native.losses.values():
            raise TrackerError(message)

    def _put_rows(self, rows: list[Metrics]) -> None:
        """Store rows, all at once; the rows that are stored already stay as they are, by their ids."""
        if rows:
            self._store.add([self._entry(row) for row in rows])
            self._stored = rows[-1].number
            rows.clear()

    def _entry(self, row: Metrics) -> dict[str, Any]:
        values = {f"__{name}" if is_reserved(name) else name: value for name, value in row.values.items()}
        return {
            "project": self.native.project,
            "run": self.name,
            "run_id": self.id,
            "metrics": serialize_values(values),
            "step": row.step,
            "config": None,
            "log_id": f"{self.id}-{row.number}-{row.time}" if row.time else uuid4().hex,
            "timestamp": utc_text(row.time or time.time()),
        }

    def _try(self, record: Logged) -> None:
        """Store what is not metrics; one that can't be stored keeps back none of the others."""
        try:
            self._take(record)
        except OSError:
            raise
        except Exception as error:
            self._losses.append(error)
        self._stored = record.number

    def _take(self, record: Logged) -> None:
        run = self.native
        match record:
            case Tags(tags=tags):
                document.add_tags(run.config, tags)
                self._changed = True
            case Params(values=values):
                document.add_params(run.config, values)
                self._changed = True
            case Image(name=name, image=image, step=step):
                run.show({name: self._picture(name, image, step)}, step)
            case Table(name=name, columns=columns, rows=rows, step=step):
                run.show({name: NamedTable(columns, rows)}, step)
            case Artifact(name=name, path=path):
                run.log_artifact(new_artifact(name, path))

    def _picture(self, name: str, image: Any, step: int) -> Any:
        """The picture with its file written, which `log` would leave out with a mere warning if it can't be."""
        picture = trackio.Image(image)
        try:
            picture._save(self.native.project, self._media_folder, step)
        except (OSError, ValueError) as error:
            raise UnstorableValue(f"Trackio can't keep the image {name!r} ({error}).") from error
        return picture

    @property
    def _media_folder(self) -> str:
        """Where Trackio puts a run's pictures: a folder of its name, even if that leads out of Trackio's own folder."""
        if is_folder(self.name):
            return self.name
        if not self._store.target.local:  # the server takes the name again
            raise ValueError(f"it would have to be in a folder of the run's name, which {self.name[:50]!r} can't be")
        return self.id

    def _put_config(self) -> None:
        config, refused = split(to_json_safe(dict(self.native.config)), plain)
        for error in refused:
            logger.warning("%s The run's other params are stored.", error)
        self._store.put(self._store.config_row(self.id, self.name, config))
        self._changed = False

    def _alert(self, error: RunError | None) -> None:
        self._alerts = False
        text = f"{error.type}: {error.message}" if error else None
        self.native.alert(f"{self.name} failed", text, level=trackio.AlertLevel.ERROR)


def is_folder(name: str) -> bool:
    """Whether the name, taken as a path, is that of a folder inside of the one where it is made."""
    parts = name.split("/")
    inside = all(part not in ("", ".", "..") and len(part.encode()) <= LONGEST_FOLDER for part in parts)
    return inside and not set(name) & {"\\", "\0"}
