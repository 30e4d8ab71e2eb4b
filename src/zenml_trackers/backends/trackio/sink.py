"""One run of Trackio's as the port wants it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import trackio
from trackio.utils import to_json_safe

from zenml_trackers import document
from zenml_trackers.backend import Sink
from zenml_trackers.backends.trackio.attachments import NamedTable, new_artifact
from zenml_trackers.backends.trackio.native import StepRun
from zenml_trackers.backends.trackio.store import Store
from zenml_trackers.errors import TrackerUnreachable, UnstorableValue
from zenml_trackers.records import Artifact, Image, Metrics, Params, Record, RunError, Status, Table, Tags
from zenml_trackers.sinks import need_none, take_each
from zenml_trackers.steps import INT64, need_step
from zenml_trackers.values import plain, split

logger = logging.getLogger("zenml_trackers")

LONGEST_FOLDER = 255
"""Bytes that file systems allow in the name of a folder."""


class TrackioSink(Sink):
    """Metrics go through Trackio's own run; all else is in the run's config, of which this is the only writer.

    Touches `_queued_logs`, `_next_step`, `_has_local_buffer` and `_stop_flag` of Trackio's run, and
    `_save` of its pictures (0.24 to 0.43).
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
            store: Where its config is put.
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
        self._begun = False
        self._rows = 0
        native.on_join = self._join

    @property
    def links(self) -> dict[str, str]:
        return self._links

    def write(self, records: Sequence[Record]) -> None:
        changed, failures = take_each(records, self._take)
        if not self._begun:
            self._begun = True
            self._make_ready()
            self._store.put(self._config_row())
        elif changed:
            self._queue_config()
        need_none(failures)

    def close(self, status: Status, error: RunError | None) -> None:
        if status is Status.FAILED and self._alerts:
            self._alert(error)
        self.native.really_finish()
        document.end(self.native.config, status, error)
        self._store.put(self._config_row())
        self._need_no_losses()
        self._publish()

    def stored(self) -> int:
        return max(0, self._rows - self.native.unstored)

    def others(self) -> int:
        return self._store.others()

    def give_up(self) -> None:
        self.native.given_up = True
        self.native._stop_flag.set()
        self.native._has_local_buffer = False

    def _need_no_losses(self) -> None:
        for message in self.native.losses.values():
            raise TrackerUnreachable(message)

    def _take(self, record: Record) -> bool:
        """Whether the record changed the config; if not, Trackio's run has it now."""
        run = self.native
        match record:
            case Tags(tags=tags):
                document.add_tags(run.config, tags)
                return True
            case Params(values=values):
                document.add_params(run.config, values)
                return True
            case Metrics(values=values, step=step):
                need_step(values, step, INT64)
                self._rows += 1
                run.log_row(values, step)
            case Image(name=name, image=image, step=step):
                need_step([name], step, INT64)
                run.log({name: self._picture(name, image, step)}, step)
            case Table(name=name, columns=columns, rows=rows, step=step):
                need_step([name], step, INT64)
                run.log({name: NamedTable(columns, rows)}, step)
            case Artifact(name=name, path=path):
                run.log_artifact(new_artifact(name, path))
        return False

    def _picture(self, name: str, image: Any, step: int | None) -> Any:
        """The picture with its file written, which `log` would leave out with a mere warning if it can't be."""
        picture = trackio.Image(image)
        try:
            picture._save(self.native.project, self._media_folder, self.native._next_step if step is None else step)
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

    def _config_row(self) -> dict[str, Any]:
        config, refused = split(to_json_safe(dict(self.native.config)), plain)
        for error in refused:
            logger.warning("%s The run's other params are stored.", error)
        return self._store.config_row(self.id, self.name, config)

    def _queue_config(self) -> None:
        """Send the config with the next batch, in the place of one that still waits: Trackio keeps a batch's first."""
        row = self._config_row()
        with self.native.queue_lock:
            waiting = [entry for entry in self.native._queued_logs if entry.get("log_id") != row["log_id"]]
            self.native._queued_logs = [*waiting, row]
            self.native._ensure_sender_alive()

    def _join(self, config: Mapping[str, Any]) -> None:
        values, refused = split(to_json_safe(dict(config)), plain)
        for error in refused:
            logger.warning("%s The rest of the config is stored.", error)
        self.write([Params(values=values)])

    def _alert(self, error: RunError | None) -> None:
        text = f"{error.type}: {error.message}" if error else None
        self.native.alert(f"{self.name} failed", text, level=trackio.AlertLevel.ERROR)


def is_folder(name: str) -> bool:
    """Whether the name, taken as a path, is that of a folder inside of the one where it is made."""
    parts = name.split("/")
    inside = all(part not in ("", ".", "..") and len(part.encode()) <= LONGEST_FOLDER for part in parts)
    return inside and not set(name) & {"\\", "\0"}
