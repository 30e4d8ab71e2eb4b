"""What stands for a tracker that can't be used here, beside others that can."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from zenml_trackers.backend import Backend, Sink, backend_class
from zenml_trackers.errors import BackendMissing
from zenml_trackers.records import Feature, RunSpec, StoredRun
from zenml_trackers.url import TrackerUrl


class Absent(Backend):
    """Says why, whatever it is asked for."""

    features = frozenset(Feature)
    """All: a step that asks for one does nothing wrong."""

    def __init__(self, name: str, why: BackendMissing) -> None:
        """Nothing is asked for yet.

        Args:
            name: The backend that it stands for.
            why: What keeps it from being used.
        """
        self.name = name  # type: ignore[misc]  # that of the class elsewhere
        self._why = why

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> NoReturn:
        raise NotImplementedError

    def open(self, spec: RunSpec) -> Sink:
        raise self._why

    def read(self) -> Iterator[StoredRun]:
        raise self._why

    def check(self) -> str:
        raise self._why

    def attach(self, native: Any) -> Callable[[], None]:  # type: ignore[override]
        """Keep the library's own calls from failing, if the library is there."""
        try:
            return backend_class(self.name).attach(native)
        except BackendMissing:
            return lambda: None
