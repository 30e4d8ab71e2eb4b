"""Backends that get at stored runs as a whole, each with its document."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from zenml_trackers.model import document
from zenml_trackers.model.records import Logged, RunSpec
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.port.backend import Backend


class Listed(Protocol):
    """A stored run."""

    @property
    def id(self) -> str:
        """The library's own."""

    @property
    def document(self) -> dict[str, Any]:
        """What this package stored with it; empty if it did not make the run."""

    def as_stored(self, project: str) -> StoredRun:
        """The run as `read` gives it."""

    def attachments(self, folder: Path) -> Iterator[Logged]:
        """Its artifacts, pictures and tables; files are fetched into `folder`."""


class ListedBackend(Backend):
    """Reads and resumes runs from the list of all."""

    project: str

    @abstractmethod
    def _runs(self) -> Iterable[Listed]:
        """Those of the project, oldest first."""

    def read(self) -> Iterator[StoredRun]:
        for run in self._runs():
            yield run.as_stored(self.project)

    def attachments(self, run_id: str, folder: Path) -> Iterator[Logged]:
        for run in self._runs():
            if run.id == run_id:
                yield from run.attachments(folder)

    def _document(self, spec: RunSpec, old: StoredRun | None) -> dict[str, Any]:
        """What a run begins with, or goes on with."""
        if old is None:
            return document.opening(spec)
        kept = next(run for run in self._runs() if run.id == old.id)
        return document.continued(kept.document, spec)
