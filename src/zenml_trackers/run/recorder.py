"""What a run logs into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from zenml_trackers.model.records import Logged, Used

if TYPE_CHECKING:
    from zenml_trackers.run import Run
    from zenml_trackers.run.artifacts import Wanted


class Recorder(Protocol):
    """Where a run's records go, and what is known of the run there."""

    @property
    def id(self) -> str:
        """The backend's own."""

    @property
    def name(self) -> str:
        """As the tracker has it."""

    @property
    def links(self) -> dict[str, str]:
        """Where it can be seen."""

    @property
    def native(self) -> Any:
        """The library's own run."""

    def taken_in(self, kind: type[Logged], fields: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Exception]]:
        """The record's fields, with files and pictures as they are now; and what of these is lost."""

    def add(self, kind: type[Logged], fields: Mapping[str, Any]) -> None:
        """Take a record."""

    def flush(self, seconds: float) -> bool:
        """Wait until all that was taken is stored; whether it is."""

    def child(self, own: Mapping[str, Any], /) -> AbstractContextManager[Run]:
        """Given name, tags and metadata, a run that is nested in this one.

        Raises:
            UnsupportedFeature: There can be none here.
        """

    def fetched(self, wanted: Wanted, to: Path | None) -> tuple[Path, Used]:
        """Where a local copy of an artifact is, and what is to be recorded of that.

        Raises:
            ArtifactNotFound: No tracker of the run has it.
            UnsupportedFeature: It can't be had here.
            TrackerError: Why it could not be read.
        """

    def passed_on(self) -> tuple[Callable[[str], Run], tuple[str]]:
        """What gives the run in a process that it is sent to, as of `__reduce__`."""


def called(fields: Mapping[str, Any]) -> str:
    """What a call logs, as a warning names it."""
    return ", ".join(map(repr, fields.get("values") or fields.get("tags") or [fields.get("name") or fields["title"]]))
