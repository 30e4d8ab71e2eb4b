"""One run of Trackio's as the port wants it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import trackio
from trackio.utils import to_json_safe

from zenml_trackers.backend import Sink
from zenml_trackers.backends.trackio import document
from zenml_trackers.backends.trackio.native import StepRun
from zenml_trackers.backends.trackio.store import Store
from zenml_trackers.errors import TrackerUnreachable
from zenml_trackers.records import Artifact, Image, Metrics, Params, Record, RunError, Status, Table, Tags
from zenml_trackers.values import plain, split

logger = logging.getLogger("zenml_trackers")


class TrackioSink(Sink):
    """Metrics go through Trackio's own run; all else is in the run's config, of which this is the only writer.

    Touches `_queue_lock`, `_queued_logs`, `_has_local_buffer` and `_stop_flag` of Trackio's run (0.24 to 0.43).
    """

    def __init__(
        self,
        native: StepRun,
        store: Store,
        links: dict[str, str],
        make_ready: Callable[[], None],
        publish: Callable[[], None],
    ) -> None:
        """A run that is not stored yet.

        Args:
            native: Trackio's own run.
            store: Where its config is put.
            links: Where it can be seen.
            make_ready: Called before the first row is stored.
            publish: Called after the last row is stored.
        """
        self.native: StepRun = native
        self.id = native.id
        self.name = native.name
        self._store = store
        self._links = links
        self._make_ready = make_ready
        self._publish = publish
        self._begun = False
        native.on_join = self._join

    @property
    def links(self) -> dict[str, str]:
        return self._links

    def write(self, records: Sequence[Record]) -> None:
        changed = [self._take(record) for record in records]
        if not self._begun:
            self._begun = True
            self._make_ready()
            self._store.put(self._config_row())
        elif any(changed):
            self._queue_config()

    def close(self, status: Status, error: RunError | None) -> None:
        if status is Status.FAILED:
            self._alert(error)
        self.native.really_finish()
        document.end(self.native.config, status, error)
        self._store.put(self._config_row())
        self._need_no_losses()
        self._publish()

    def give_up(self) -> None:
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
                run.log(dict(values), step)
            case Image(name=name, image=image, step=step):
                run.log({name: trackio.Image(image)}, step)
            case Table(name=name, columns=columns, rows=rows, step=step):
                run.log({name: _table(columns, rows)}, step)
            case Artifact(name=name, path=path):
                run.log_artifact(path, name=name)
        return False

    def _config_row(self) -> dict[str, Any]:
        config, refused = split(to_json_safe(dict(self.native.config)), plain)
        for error in refused:
            logger.warning("%s The run's other params are stored.", error)
        return self._store.config_row(self.id, self.name, config)

    def _queue_config(self) -> None:
        """Send the config with the next batch, in the place of one that still waits: Trackio keeps a batch's first."""
        row = self._config_row()
        with self.native._queue_lock:
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


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Any:
    return trackio.Table(columns=list(columns), data=[list(row) for row in rows])
