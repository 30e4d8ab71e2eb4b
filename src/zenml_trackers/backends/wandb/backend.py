"""W&B behind the port: how its runs are made and read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from zenml_trackers.backends.common.listed import ListedBackend
from zenml_trackers.backends.wandb import native, offline, online
from zenml_trackers.backends.wandb.names import PART, RunNames, stored_project
from zenml_trackers.backends.wandb.service import reaching_wandb, session, start
from zenml_trackers.backends.wandb.sink import WandbSink, shown
from zenml_trackers.backends.wandb.stored import WandbRun
from zenml_trackers.errors import InvalidUrl
from zenml_trackers.model import document
from zenml_trackers.model.records import Feature, Logged, RunError, RunSpec, Status
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Sink
from zenml_trackers.port.folders import reaching, see_writable

LONGEST_END = 4
"""Requests' worth of time that W&B may take to upload the rest of a run; what is left by then, `wandb sync` uploads."""
FLUSH = 0.1
"""Seconds after which W&B's process writes what it has to the disk: a killed step loses no more."""


class WandbBackend(ListedBackend):
    """A project of W&B's, on a server or in a folder."""

    name: ClassVar[str] = "wandb"
    library: ClassVar[str] = "wandb"
    project_variable: ClassVar[str] = "WANDB_PROJECT"
    requires: ClassVar[str] = "wandb>=0.31"
    """The first that writes to the disk in time, by `x_transaction_log_flush_interval`."""
    credentials: ClassVar[frozenset[str]] = frozenset({"api_key"})
    features = frozenset({Feature.ARTIFACTS, Feature.MEDIA, Feature.RESUME})

    def __init__(
        self,
        project: str,
        *,
        key: str | None,
        timeout: float,
        folder: Path | None = None,
        entity: str | None = None,
        server: str | None = None,
    ) -> None:
        """Nothing is connected yet.

        Args:
            project: The project's name.
            key: API key; None for W&B's default.
            timeout: Seconds that a request may take.
            folder: Where runs are kept; None for those of a server.
            entity: Whose project it is; None for W&B's default.
            server: Address of a server of one's own; None for W&B's default.
        """
        self.project = project
        self.secrets = (key,) if key else ()
        self._stored_project = stored_project(project)
        self._folder = folder
        self._key = key
        self._timeout = timeout
        self.entity = entity
        self.server = server

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> WandbBackend:
        url.need_transport(None, "https", "http", "offline")
        url.need_options(())
        named = url.options.get("project") or project
        access: dict[str, Any] = {"key": credentials.get("api_key"), "timeout": timeout}
        if url.transport == "offline":
            if url.host or not url.path:
                raise InvalidUrl(
                    f"{url.shown} names no folder; write wandb+offline:///runs, or wandb+offline:////data/runs."
                )
            return cls(named, folder=Path(url.path).absolute(), **access)
        if (mode := os.environ.get("WANDB_MODE", "")) in ("offline", "dryrun"):
            access["folder"] = Path(os.environ.get("WANDB_DIR") or ".").absolute()
        server, owner, name = None, url.host, url.path
        if url.transport:
            server, (owner, _, name) = url.server, url.path.rpartition("/")
        if "/" in owner + name:
            raise InvalidUrl(
                f"{url.shown} has too many parts; write wandb://entity/project, or ?project= for such a name."
            )
        kind = DisabledBackend if mode == "disabled" else cls
        return kind(name or named, entity=owner or None, server=server, **access)

    @property
    def place(self) -> str:
        return self.url if self._folder is None else f"wandb+offline:///{self._folder}"

    def load(self) -> None:
        super().load()
        import_module("wandb.sdk.launch.inputs.internal")  # else `wandb.init` does
        start()

    def open(self, spec: RunSpec, old: StoredRun | None) -> WandbSink:
        config = self._document(spec, old)
        if old is not None:
            config[PART] = config.get(PART, 0) + 1
        run = self._made(spec, config, {"run_id": old.id, "resume": "must"} if old else {})
        return WandbSink(run, spec.name, config, online=self._folder is None)

    def find(self, run_id: str) -> StoredRun | None:
        if self._folder is not None:
            offline.wait_for_rest(self._folder, run_id)
        return super().find(run_id)

    def check(self) -> str:
        if self._folder is None:
            return f"the project {self._path(self._api())} on W&B"
        see_writable(self._folder)
        return f"the folder {self._folder}, for `wandb sync` to upload"

    def projects(self) -> list[str]:
        if self._folder is not None:
            found = offline.projects(self._folder)
        else:
            api = self._api()
            with reaching_wandb():
                found = online.projects(api, self.entity)
        return [self.project if name == self._stored_project else name for name in found]

    @classmethod
    def attach(cls, native_run: Any) -> Callable[[], None]:
        return native.attach(native_run)

    def _made(self, spec: RunSpec, config: dict[str, Any], resumed: Mapping[str, Any]) -> Any:
        """W&B's own run."""
        import wandb

        names = RunNames(config)
        known = {
            **self._settings(),
            **resumed,
            "project": self._stored_project,
            "entity": self.entity,
            "base_url": self.server,
            "run_name": names.stored("runs", spec.name),
            "run_tags": tuple(names.stored("tags", tag) for tag in config[document.TAGS]),
            "run_group": spec.pipeline_run,
            "run_job_type": spec.step,
        }
        settings = {name: value for name, value in known.items() if value is not None}
        with reaching_wandb(), session(settings.get("api_key")):
            return wandb.init(config=shown(config), settings=wandb.Settings(**settings))

    def _settings(self) -> dict[str, Any]:
        """What is the same for all runs: independent of each other, quiet, and soon on the disk."""
        kept = {
            "reinit": "create_new",
            "silent": True,
            "console": "off",
            "symlink": False,
            "x_save_requirements": False,
        }
        flushed = {**kept, "x_transaction_log_flush_interval": FLUSH}
        if self._folder is not None:
            with reaching(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
            see_writable(self._folder)  # else W&B writes to a temporary folder, and says so to nobody
            return {**flushed, "mode": "offline", "root_dir": str(self._folder)}
        waiting = {"init_timeout": self._timeout, "x_graphql_timeout_seconds": self._timeout, "login_timeout": 1.0}
        ending = {"finish_timeout": LONGEST_END * self._timeout, "finish_timeout_raises": True}
        return {**flushed, **waiting, **ending, "mode": "online", "api_key": self._key}

    def _runs(self) -> Iterable[WandbRun]:
        """Those of the project, as W&B has them."""
        if self._folder is not None:
            return offline.runs(self._folder, self._stored_project)
        api = self._api()
        with reaching_wandb():
            return list(online.runs(api, self._path(api)))

    def _path(self, api: Any) -> str:
        with reaching_wandb():
            return f"{self.entity or api.default_entity}/{self._stored_project}"

    def _api(self) -> Any:
        """W&B's public API, after having seen that it answers."""
        import wandb

        start()
        address = {"base_url": self.server} if self.server else {}
        with reaching_wandb():
            return wandb.Api(address, timeout=max(1, round(self._timeout)), api_key=self._key)


class DisabledBackend(WandbBackend):
    """What `WANDB_MODE=disabled` makes of any: it stores nothing."""

    place = "nowhere"

    def load(self) -> None:
        import_module(self.library)

    def open(self, spec: RunSpec, old: StoredRun | None) -> DisabledSink:  # type: ignore[override]
        return DisabledSink(spec.name)

    def check(self) -> str:
        return "nowhere, as WANDB_MODE=disabled says"

    def projects(self) -> list[str]:
        return []

    def _runs(self) -> Iterable[WandbRun]:
        return ()


class DisabledSink(Sink):
    """Takes all and stores nothing."""

    id = "disabled"

    def __init__(self, name: str) -> None:
        self.name = name
        self.native = native.disabled()
        self._last = -1

    def write(self, records: Sequence[Logged]) -> None:
        self._last = records[-1].number if records else self._last

    def close(self, status: Status, error: RunError | None) -> None:
        pass

    def stored(self) -> int:
        return self._last
