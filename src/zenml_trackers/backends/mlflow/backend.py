"""MLflow as a backend."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from zenml_trackers.backends.common.process_wide import Variables
from zenml_trackers.backends.mlflow import layout, media, reading
from zenml_trackers.backends.mlflow.file import check_file
from zenml_trackers.backends.mlflow.place import Place
from zenml_trackers.backends.mlflow.sink import MlflowSink
from zenml_trackers.errors import InvalidSettings, InvalidUrl, RunNotFound
from zenml_trackers.model import document
from zenml_trackers.model.records import Feature, Logged, RunSpec
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Backend
from zenml_trackers.port.inert import Inert

TRACKING_URI = "MLFLOW_TRACKING_URI"


class MlflowBackend(Backend):
    """The runs of an experiment in a SQLite file or on a server."""

    name: ClassVar[str] = "mlflow"
    library: ClassVar[str] = "mlflow"
    project_variable: ClassVar[str] = "MLFLOW_EXPERIMENT_NAME"
    requires: ClassVar[str] = "mlflow>=2.18"
    """The first that has an active run for each thread."""
    credentials: ClassVar[frozenset[str]] = frozenset({"username", "password", "api_key"})
    features = frozenset({Feature.ARTIFACTS, Feature.MEDIA, Feature.RESUME})

    def __init__(self, project: str, where: Path | str, given: Mapping[str, str], timeout: float) -> None:
        """Nothing is connected yet.

        Args:
            project: The experiment's name.
            where: A SQLite file, or a server's address.
            given: Credentials for the server.
            timeout: Seconds that one request may take.
        """
        self.project = project
        self._where = where
        self._given = dict(given)
        self._timeout = timeout
        self._variables = None if "mlflow" in sys.modules else frozenset(os.environ)

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> MlflowBackend:
        url.need_transport(None, "sqlite", "http", "https")
        given = url.options.get("project") or project
        if url.transport is None:
            return cls._from_variable(url, given, credentials, timeout)
        if url.transport == "sqlite":
            url.need_options(())
            return cls(given, _file(url), {}, timeout)
        url.need_options(["prefix"])
        if not url.host:
            raise InvalidUrl(f"{url.shown} names no server; write mlflow+http://host:5000/experiment.")
        if ("username" in credentials) is not ("password" in credentials):
            raise InvalidSettings("MLflow takes a username and a password together; one of them is missing.")
        prefix = url.options.get("prefix", "").strip("/")
        return cls(url.path or given, f"{url.server}/{prefix}".rstrip("/"), credentials, timeout)

    @classmethod
    def _from_variable(
        cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float
    ) -> MlflowBackend:
        """Where MLflow's own variable says; without it the file that MLflow 3 would make."""
        url.need_options(())
        if url.host:
            raise InvalidUrl(f"{url.shown} names no place; write mlflow+http://{url.host}, or mlflow:///experiment.")
        uri = Variables.outside(TRACKING_URI) or "sqlite:///mlflow.db"
        parts = urlsplit(uri)
        if parts.scheme == "sqlite":
            return cls(url.path or project, Path(uri.removeprefix("sqlite:///")).absolute(), {}, timeout)
        if parts.scheme not in ("http", "https"):
            raise InvalidUrl(
                f"{TRACKING_URI} names a place of the kind {parts.scheme!r}; {url.shown} takes sqlite, http and https."
            )
        login = {"username": unquote(parts.username or ""), "password": unquote(parts.password or "")}
        server = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
        backend = cls(url.path or project, server, credentials or (login if parts.username else {}), timeout)
        backend.secrets = tuple(value for value in (parts.password, login["password"]) if value)
        return backend

    @classmethod
    def attach(cls, native: Any) -> Callable[[], None]:
        if isinstance(native, Inert):
            return lambda: None
        from zenml_trackers.backends.mlflow import native as calls

        return calls.attach(native)

    @property
    def place(self) -> str:
        if isinstance(self._where, Path):
            return f"mlflow+sqlite:///{self._where}"
        return f"mlflow+{self._where}" if self.url.startswith("mlflow://") else self.url

    def open(self, spec: RunSpec, old: StoredRun | None) -> MlflowSink:
        place = self._place()
        with place.reached():
            experiment_id = place.experiment(self.project)
            if old is None:
                config = {layout.NAME: spec.name, **document.opening(spec)}
                return MlflowSink(place, experiment_id, config, spec.started)
            run = place.store.get_run(old.id)
            last_time = max((point.timestamp for point in reading.points(place, run)), default=0)
        config = layout.completed(layout.document_in(run.data.tags), run.data.tags, run.data.params)
        config = {**document.continued(config, spec), layout.NAME: spec.name}
        return MlflowSink(place, experiment_id, config, None, run, last_time)

    def read(self) -> Iterator[StoredRun]:
        return self._read(metrics=True)

    def overview(self) -> Iterator[StoredRun]:
        return self._read(metrics=False)

    def _read(self, metrics: bool) -> Iterator[StoredRun]:
        if (place := self._existing()) is not None:
            with place.reached():
                for run in reading.runs(place, self.project):
                    yield reading.as_stored(place, self.project, run, metrics)

    def to_resume(self, spec: RunSpec) -> StoredRun | None:
        """As that of all backends; the metrics of no other run are read."""
        if spec.resume == "never":
            return None
        if (place := self._existing()) is not None:
            with place.reached():
                found = [run for run in reading.runs(place, self.project) if reading.name_of(run) == spec.name]
                if found:
                    return reading.as_stored(place, self.project, found[-1])
        if spec.resume == "must":
            raise RunNotFound(f"there is no run named {spec.name!r} in the project {self.project!r} to resume")
        return None

    def find(self, run_id: str) -> StoredRun | None:
        if (place := self._existing()) is None:
            return None
        with place.reached():
            run = reading.run_of(place, self.project, run_id)
            return reading.as_stored(place, self.project, run) if run else None

    def projects(self) -> list[str]:
        if (place := self._existing()) is None:
            return []
        with place.reached():
            return sorted(reading.experiments(place))

    def attachments(self, run_id: str, folder: Path) -> Iterator[Logged]:
        place = self._place()
        with place.reached():
            run = place.store.get_run(run_id)
            yield from media.attachments(place, run, layout.document_in(run.data.tags), folder)

    def artifact(self, run_id: str, name: str, folder: Path) -> Path | None:
        place = self._place()
        with place.reached():
            run = place.store.get_run(run_id)
            return media.artifact(place, run, layout.document_in(run.data.tags), name, folder)

    def check(self) -> str:
        if isinstance(self._where, Path):
            check_file(self._where)
            return f"the MLflow database {self._where}, experiment {self.project!r}"
        self._place().check(self.project)
        return f"the MLflow server {self._where}, experiment {self.project!r}"

    def load(self) -> None:
        self._place()

    def _existing(self) -> Place | None:
        """None if there is nothing to read, and reading makes nothing."""
        if isinstance(self._where, Path) and not self._where.exists():
            return None
        return self._place()

    def _place(self) -> Place:
        self._import()
        if isinstance(self._where, Path):  # each is imported for itself: that of databases takes a second
            from zenml_trackers.backends.mlflow.database import Database

            return Database(self._where)
        from zenml_trackers.backends.mlflow.server import Server

        return Server(self._where, self._given, self._timeout)

    def _import(self) -> None:
        """Load MLflow, and take away the variables that it and Polars leave in the environment (seen in 3.17)."""
        import mlflow  # noqa: F401

        before, self._variables = self._variables, None
        for name in set(os.environ) - before if before is not None else ():
            if name.startswith(("_MLFLOW_", "_RJEM_")):
                del os.environ[name]


def _file(url: TrackerUrl) -> Path:
    if url.host or not url.path or "?" in url.path:
        raise InvalidUrl(
            f"{url.shown} names no file; write mlflow+sqlite:///mlflow.db, or mlflow+sqlite:////data/mlflow.db."
        )
    return Path(url.path).absolute()
