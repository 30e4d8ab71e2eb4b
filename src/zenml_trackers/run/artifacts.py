"""Calls of a run for artifacts: those that it keeps, and those of other runs that it uses."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.interruption import let_through
from zenml_trackers.model.records import Artifact, Feature, Logged, Used
from zenml_trackers.model.stored import StoredArtifact, StoredRun
from zenml_trackers.model.values.text import as_text, checked_text, shown
from zenml_trackers.run.harmless import harmless
from zenml_trackers.run.recorder import Recorder

LATEST = "latest"
"""The alias of what was logged last."""


@dataclass(frozen=True)
class Wanted:
    """An artifact that is asked for."""

    name: str
    """Or `name:alias`, unless there is one of that very name."""
    alias: str | None = None
    """None for the newest."""
    run: str | None = None
    """The id or the name of the run that logged it; None for any."""

    def __str__(self) -> str:
        alias = f" with the alias {self.alias!r}" if self.alias else ""
        return f"{self.name!r}{alias}" + (f" of a run {self.run!r}" if self.run else "")

    @property
    def forms(self) -> Iterator[tuple[str, str]]:
        """Name and alias that it may have, the likeliest first; the alias is empty for the newest."""
        yield self.name, "" if self.alias in (None, LATEST) else str(self.alias)
        name, colon, alias = self.name.rpartition(":")
        if colon and self.alias is None:
            yield name, "" if alias == LATEST else alias

    def form_of(self, artifact: StoredArtifact) -> int | None:
        """Which of its forms an artifact has; None if it is another one."""
        for number, (name, alias) in enumerate(self.forms):
            if artifact.name == name and (not alias or alias in artifact.aliases):
                return number
        return None

    def may_be_of(self, run: StoredRun) -> bool:
        """Whether that run may have it."""
        return self.run is None or self.run in (run.id, run.name)


class Artifacts(ABC):
    """The calls for artifacts."""

    _recorder: Recorder

    @harmless
    def log_artifact(
        self,
        path: str | os.PathLike[str],
        name: str | None = None,
        type: str = "",
        aliases: str | Iterable[str] = (),
    ) -> None:
        """Keep a file or a folder with the run, under `name` or the path's last part.

        Args:
            path: Where it is now; it is copied in the call.
            name: What it is called; one of that name that the run has already is replaced.
            type: What kind of thing it is, such as `model`.
            aliases: Other names by which `use_artifact` finds it, such as `best`.

        Raises:
            UnsupportedFeature: The tracker keeps no artifacts.
        """
        self._need(Feature.ARTIFACTS)
        try:
            kept = Path(path)
        except TypeError as error:
            self._refuse([UnstorableValue(f"log_artifact() takes a path: {error}.")])
            return
        labels, odd = _labels(name or kept.name, type, aliases)
        self._add(Artifact, name=name or kept.name, path=kept, **labels)
        self._refuse(odd)

    def use_artifact(
        self,
        name: str,
        alias: str | None = None,
        run: str | None = None,
        to: str | os.PathLike[str] | None = None,
    ) -> Path:
        """The path of a local copy of an artifact that a run of the same tracker and project logged.

        It waits for what this run logged before, and for the tracker as long as it gets on. What was used is read back
        as `used` of the stored run.

        Args:
            name: Its name, or `name:alias`.
            alias: One of the aliases that it was logged with; without it, or with `latest`, the newest run that has the
                artifact is taken.
            run: The id or the name of the run that logged it.
            to: The folder to copy it to; without it, the copy is there as long as this run goes on.

        Raises:
            ArtifactNotFound: There is none; the message names those that there are.
            UnsupportedFeature: The tracker keeps no artifacts; or this is a child process of the step, or a step of a
                flavor of ZenML's own.
            RunEnded: The run is over.
            TrackerError: The tracker could not be read, or the copy not be written.
        """
        self._need_open()
        self._need(Feature.ARTIFACTS)
        wanted = Wanted(as_text(name), alias and as_text(alias), run and as_text(run))
        path, used = self._recorder.fetched(wanted, None if to is None else Path(to).absolute())
        self._add(Used, **used.model_dump(exclude={"number", "time"}))
        return path

    @abstractmethod
    def _need(self, feature: Feature) -> None:
        """See that the tracker has a feature."""

    @abstractmethod
    def _need_open(self) -> None:
        """See that the run goes on, in this process."""

    @abstractmethod
    def _add(self, kind: type[Logged], **fields: Any) -> None:
        """Have a record stored."""

    @abstractmethod
    def _refuse(self, refused: Iterable[Exception]) -> None:
        """Warn of what can't be stored, or raise it."""


def _labels(name: str, type: Any, aliases: Any) -> tuple[dict[str, Any], list[Exception]]:
    """Type and aliases of an artifact as far as they can be stored, and an error for each that can't."""
    odd: list[Exception] = []
    try:
        each = [aliases] if isinstance(aliases, str) else list(() if aliases is None else aliases)
    except Exception as error:
        let_through(error)
        each = [aliases]
    kind = [] if type is None or (isinstance(type, str) and not type) else [type]
    types, others = (list(_texts(name, what, some, odd)) for what, some in (("type", kind), ("alias", each)))
    return {"type": "".join(types), "aliases": list(dict.fromkeys(others))}, odd


def _texts(name: str, what: str, values: Iterable[Any], odd: list[Exception]) -> Iterator[str]:
    for value in values:
        try:
            if not isinstance(value, str) or not value:
                raise UnstorableValue(f"artifact {name!r}: its {what} {shown(value)} is no text.")
            yield checked_text(str(value), f"artifact {name!r}: its {what}")
        except UnstorableValue as error:
            odd.append(error)
