"""Trackio behind the port: how its runs are made and read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, ClassVar

from zenml_trackers.backends.trackio.release import REQUIRES
from zenml_trackers.port.libraries import need_library

need_library("trackio", "trackio", REQUIRES)  # what follows imports names that other releases of Trackio lack

import trackio  # noqa: E402
from trackio import utils  # noqa: E402

from zenml_trackers.backends.trackio import attachments  # noqa: E402
from zenml_trackers.backends.trackio.address import place  # noqa: E402
from zenml_trackers.backends.trackio.client import Client  # noqa: E402
from zenml_trackers.backends.trackio.folder import settle  # noqa: E402
from zenml_trackers.backends.trackio.local_store import LocalStore  # noqa: E402
from zenml_trackers.backends.trackio.native import attach  # noqa: E402
from zenml_trackers.backends.trackio.reach import check_folder, check_remote  # noqa: E402
from zenml_trackers.backends.trackio.server_store import ServerStore  # noqa: E402
from zenml_trackers.backends.trackio.sink import TrackioSink  # noqa: E402
from zenml_trackers.backends.trackio.space import ensure_space, publish  # noqa: E402
from zenml_trackers.backends.trackio.step_run import StepRun  # noqa: E402
from zenml_trackers.backends.trackio.store import Row, Store  # noqa: E402
from zenml_trackers.backends.trackio.target import target  # noqa: E402
from zenml_trackers.errors import RunNotFound  # noqa: E402
from zenml_trackers.model import document, quick  # noqa: E402
from zenml_trackers.model.records import Feature, Logged, RunSpec  # noqa: E402
from zenml_trackers.model.stored import MetricPoint, StoredRun  # noqa: E402
from zenml_trackers.model.times import utc_in  # noqa: E402
from zenml_trackers.model.url import TrackerUrl  # noqa: E402
from zenml_trackers.port.backend import Backend  # noqa: E402

settle()


class TrackioBackend(Backend):
    """A project of Trackio's: on this machine, on a self-hosted server, or on a Space."""

    name: ClassVar[str] = "trackio"
    library: ClassVar[str] = "trackio"
    requires: ClassVar[str] = REQUIRES
    credentials: ClassVar[frozenset[str]] = frozenset({"api_key"})
    # artifacts came with Trackio 0.30
    features = frozenset(
        {Feature.MEDIA, Feature.RESUME, *([Feature.ARTIFACTS] if hasattr(trackio, "Artifact") else [])}
    )

    def __init__(
        self,
        project: str,
        *,
        private: bool | None = None,
        gpu_metrics: bool = False,
        cpu_metrics: bool = False,
        sync: bool = False,
        freeze: bool = False,
        **place: Any,
    ) -> None:
        """Nothing is connected yet.

        Args:
            project: The project's name.
            private: Whether a Space that has to be made is private; None leaves it to its owner's default.
            gpu_metrics: Log the load of a GPU every ten seconds, if there is one.
            cpu_metrics: Log the load of the processor and the memory every ten seconds, if psutil is installed.
            sync: Sync the project to its Space when a run ends.
            freeze: Freeze the Space when a run ends.
            place: `server_url`, `space_id`, `token` and more of `Target`.
        """
        self.target = target(project, **place)
        self.project = self.target.project
        self.secrets = (self.target.token,) if self.target.token else ()
        self._monitors = {"auto_log_gpu": gpu_metrics, "auto_log_cpu": cpu_metrics}
        self._publish = partial(publish, self.target, sync, freeze)
        self._ready = cache(partial(ensure_space, self.target, private))  # once, if it works
        self._client = None if self.target.local else Client(self.target)

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> TrackioBackend:
        return cls(**place(url, project), token=credentials.get("api_key"), timeout=timeout)

    @property
    def place(self) -> str:
        return f"Trackio's folder {utils.TRACKIO_DIR}" if self.target.local else self.target.address

    @property
    def store(self) -> Store:
        """The project's rows."""
        return LocalStore(self.target) if self._client is None else ServerStore(self.target, self._client)

    def open(self, spec: RunSpec, old: StoredRun | None) -> TrackioSink:
        store = self.store
        native = self._native(spec, old)
        kept = [row["config"] for row in store.runs(old.id)] if old else []
        native.config.update(document.continued(kept[0], spec) if kept else document.opening(spec))
        if isinstance(store, LocalStore):
            store.fragments = getattr(native, "_fragment_writer", None)
        return TrackioSink(
            native, store, self.target.links(native.id), self._ready, self._publish, alerts=spec.origin is None
        )

    def read(self) -> Iterator[StoredRun]:
        store = self.store
        return (self._stored(run, _points(rows)) for run, rows in store.metrics_of(store.runs()))

    def overview(self) -> Iterator[StoredRun]:
        return (self._stored(row, ()) for row in self.store.runs())

    def find(self, run_id: str) -> StoredRun | None:
        store = self.store
        return next((self._stored(row, _points(store.metrics(run_id))) for row in store.runs(run_id)), None)

    def to_resume(self, spec: RunSpec) -> StoredRun | None:
        if spec.resume == "never":
            return None
        store = self.store
        found = store.named(spec.name)
        if spec.resume == "must" and not found:
            raise RunNotFound(f"there is no run named {spec.name!r} in the project {self.target.project!r} to resume")
        return self._stored(found[-1], _points(store.metrics(found[-1]["id"]))) if found else None

    def _stored(self, row: dict[str, Any], metrics: Iterable[MetricPoint]) -> StoredRun:
        return document.stored_run(
            row["config"],
            id=row["id"],
            name=row["name"],
            project=self.target.project,
            metrics=tuple(metrics),
            started=utc_in(row["started"]),
            ended=utc_in(row["put"] if document.STATUS in row["config"] else row["logged"]),
            **self.target.links(row["id"]),
        )

    def projects(self) -> list[str]:
        return self.store.projects()

    def attachments(self, run_id: str, folder: Path) -> Iterator[Logged]:
        yield from attachments.artifacts(self.store, run_id, folder)
        yield from attachments.media(self.store, run_id, folder)

    def check(self) -> str:
        return check_folder() if self._client is None else check_remote(self.target, self._client)

    @classmethod
    def attach(cls, native: Any) -> Callable[[], None]:
        return attach(native)

    def _native(self, spec: RunSpec, old: StoredRun | None) -> StepRun:
        arguments: dict[str, Any] = {
            "url": None if self.target.local else self.target.space_id or self.target.address,
            "project": self.target.project,
            "client": self._client,
            "name": spec.name,
            "group": spec.pipeline_run,
            "space_id": self.target.space_id,
            "bucket_id": self.target.bucket_id,
            "server_base_url": None if self.target.space_id else self.target.server_url,
            "write_token": None if self.target.on_space else self.target.token,
            "existing_runs": [],
            "run_id": old.id if old else None,
            "initial_last_step": old.last_step if old else -1,
            **self._monitors,
        }
        known = inspect.signature(trackio.Run.__init__).parameters
        run = StepRun(**{key: value for key, value in arguments.items() if key in known})
        run._config_logged = True  # the sink alone writes the config
        return run


def _points(rows: Iterable[Row]) -> Iterator[MetricPoint]:
    for step, values in rows:
        for name, value in values.items():
            if isinstance(value, (int, float)):
                yield quick.point(name.removeprefix("__"), int(step), value)
