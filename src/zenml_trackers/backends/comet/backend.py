"""Comet behind the port: how its experiments are made and read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from zenml_trackers.backends.comet import offline, online
from zenml_trackers.backends.comet.sink import CometSink
from zenml_trackers.backends.comet.stored import CometRun
from zenml_trackers.backends.common.listed import ListedBackend
from zenml_trackers.errors import InvalidUrl, TokenRefused, TrackerUnreachable
from zenml_trackers.model.records import Feature, RunSpec
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.folders import reaching, see_writable
from zenml_trackers.port.inert import Inert


class CometBackend(ListedBackend):
    """A project of Comet's, on a server or in a folder."""

    name: ClassVar[str] = "comet"
    library: ClassVar[str] = "comet_ml"
    project_variable: ClassVar[str] = "COMET_PROJECT_NAME"
    requires: ClassVar[str] = "comet_ml>=3.49"
    """3.47 lacks `CometExperiment`, the base of all kinds of experiments."""
    credentials: ClassVar[frozenset[str]] = frozenset({"api_key"})
    features = frozenset({Feature.ARTIFACTS, Feature.MEDIA, Feature.RESUME})

    def __init__(self, project: str, *, workspace: str | None, folder: Path | None, key: str | None) -> None:
        """Nothing is connected yet.

        Args:
            project: The project's name.
            workspace: Whose project it is; None for Comet's default.
            folder: Where archives are kept; None for a server.
            key: API key; None for Comet's default.
        """
        self.project = project
        self.secrets = (key,) if key else ()
        self.workspace = workspace
        self._folder, self._key = folder, key

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> CometBackend:
        url.need_transport(None, "offline")
        url.need_options(())
        named, key = url.options.get("project") or project, credentials.get("api_key")
        if url.transport == "offline":
            folder = url.path or os.environ.get("COMET_OFFLINE_DIRECTORY", "")
            if url.host or not folder:
                raise InvalidUrl(
                    f"{url.shown} names no folder; write comet+offline:///runs, or comet+offline:////data/runs, "
                    "or set COMET_OFFLINE_DIRECTORY."
                )
            return cls(named, workspace=None, folder=Path(folder).absolute(), key=key)
        if "/" in url.path:
            raise InvalidUrl(f"{url.shown} has too many parts; write comet://workspace/project.")
        return cls(url.path or named, workspace=url.host or None, folder=None, key=key)

    @property
    def place(self) -> str:
        return self.url if self._folder is None else f"comet+offline:///{self._folder}"

    def load(self) -> None:
        _load_comet()

    def open(self, spec: RunSpec, old: StoredRun | None) -> CometSink:
        config = self._document(spec, old)
        if self._folder is not None and old is not None:
            offline.archive_left(self._folder, old.id)
        experiment = self._made(old.id if old else None)
        return CometSink(experiment, spec.name, config, online=self._folder is None)

    def check(self) -> str:
        if self._folder is None:
            with _reaching_comet():
                workspace = self.workspace or self._api().get_default_workspace()
                self._api().get_projects(workspace)
                return f"the project {self.project!r} of {workspace!r} on Comet"
        see_writable(self._folder)
        return f"the folder {self._folder}, for `comet upload` to upload"

    @classmethod
    def attach(cls, native: Any) -> Callable[[], None]:
        if isinstance(native, Inert) and find_spec(cls.library) is not None:
            _load_comet()  # of an unfit release nobody has loaded it, but the step may
        if cls.library not in sys.modules:
            return lambda: None  # it can't be imported, and then nobody calls it
        from zenml_trackers.backends.comet.native import attach

        return attach(native)

    def _made(self, resumed: str | None) -> Any:
        """Comet's own experiment."""
        from zenml_trackers.backends.comet import native

        place = {"project_name": self.project, "workspace": self.workspace, "experiment_key": resumed}
        if self._folder is not None:
            with reaching(self._folder):
                self._folder.mkdir(parents=True, exist_ok=True)
                strategy = "get" if resumed else "create"
                kept = {"offline_directory": str(self._folder), "_resume_strategy": strategy}
                experiment = native.made(native.StoredExperiment, **place, **kept)
        else:
            kind = native.ContinuedExperiment if resumed else native.SentExperiment
            with _reaching_comet():
                experiment = native.made(kind, api_key=self._key, **place)
        if not experiment.alive:
            raise TrackerUnreachable("Comet could not begin; if not for its API key, its own message says why.")
        return experiment

    def projects(self) -> list[str]:
        if self._folder is not None:
            return offline.projects(self._folder)
        with _reaching_comet():
            api = self._api()
            return sorted(api.get_projects(self.workspace or api.get_default_workspace()) or [])

    def _runs(self) -> Iterable[CometRun]:
        """Those of the project, as Comet has them."""
        if self._folder is not None:
            return offline.runs(self._folder, self.project)
        with _reaching_comet():
            return list(online.runs(self._api(), self.workspace, self.project))

    def _api(self) -> Any:
        import comet_ml

        return comet_ml.API(api_key=self._key, cache=False)


def _load_comet() -> None:
    """Load Comet, without what it then changes in the process."""
    if CometBackend.library in sys.modules:
        return
    hook = sys.excepthook
    comet_ml = import_module(CometBackend.library)
    sys.excepthook = hook
    with suppress(AttributeError, ValueError):  # it would patch what is imported later, for what is off
        sys.meta_path.remove(comet_ml.MODULE_FINDER)


@contextmanager
def _reaching_comet() -> Iterator[None]:
    """Give Comet's errors, and those of the requests that it makes, our names."""
    from comet_ml.exceptions import CometException, InvalidAPIKey
    from requests import RequestException

    try:
        yield
    except InvalidAPIKey as error:
        raise TokenRefused(f"Comet refused the API key, or has none: {error}") from error
    except (CometException, RequestException, ValueError) as error:
        raise TrackerUnreachable(f"Comet could not be reached: {error}") from error
