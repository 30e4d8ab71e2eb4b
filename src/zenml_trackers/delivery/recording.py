"""What a run is to the step's code: a journal that takes what it logs, and senders that know it in its trackers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from zenml_trackers.delivery.copied import told
from zenml_trackers.delivery.journal import Journal
from zenml_trackers.delivery.patience import Patience
from zenml_trackers.delivery.sender import Sender
from zenml_trackers.errors import TrackerUnreachable, UnstorableValue
from zenml_trackers.model.records import Artifact, Image, Logged, RunSpec
from zenml_trackers.model.values.images import as_pil
from zenml_trackers.port.backend import Inert


class Recording:
    """A run that is on its way to its trackers; its id, name and page are those of the first that has it."""

    def __init__(self, spec: RunSpec, journal: Journal | None, senders: Sequence[Sender]) -> None:
        self._spec = spec
        self._journal = journal
        self._senders = senders
        self._appended = 0

    @property
    def id(self) -> str:
        """The first tracker's own id of the run; empty if none has it."""
        return str(self._known("id", ""))

    @property
    def name(self) -> str:
        """As the tracker has it."""
        return str(self._known("name", self._spec.name))

    @property
    def native(self) -> Any:
        """The library's own run; inert if there is none."""
        return self._known("native", None) or Inert()

    @property
    def links(self) -> dict[str, str]:
        """The first tracker's, and of several each one's under its name."""
        links: dict[str, str] = dict(self._known("links", {}))
        for sender in self._senders if len(self._senders) > 1 else ():
            if (sink := sender.sink) is not None:
                own = {"run_id": sink.id, "run_name": sink.name, **sink.links}
                links |= {f"{sender.name}_{key}": value for key, value in own.items()}
        return links

    def taken_in(self, kind: type[Logged], fields: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Exception]]:
        """The record's fields, with files and pictures as the journal keeps them from now on; and what they lost.

        Raises:
            UnstorableValue: What was given can't be read, or kept; the message names it.
        """
        if self._journal is not None and kind is Artifact:
            kept, losses = _kept(self._journal, fields["name"], fields["path"])
            return {**fields, "path": str(kept)}, losses
        if self._journal is not None and kind is Image:
            return {**fields, "image": str(_drawn(self._journal, fields["name"], fields["image"]))}, []
        return fields, []

    def add(self, kind: type[Logged], fields: Mapping[str, Any]) -> None:
        """Put a record into the journal.

        Raises:
            TrackerUnreachable: The journal can't be written to.
        """
        try:
            if self._journal is None:
                raise OSError("there is no place for one")
            self._journal.append(kind, fields)
            self._appended += 1
        except OSError as error:
            raise TrackerUnreachable(f"the journal can't be written to: {error}") from error

    def flush(self, seconds: float) -> bool:
        """Wait until the trackers have all that was logged so far, and say whether they have."""
        records, changed = self._appended, SimpleQueue[None]()
        for sender in self._senders:
            sender.hurry()
        Patience(seconds).wait(lambda: all(each.has(records) for each in self._senders), changed)
        return all(each.records >= records for each in self._senders)

    def _known(self, attribute: str, otherwise: Any) -> Any:
        reached_first = sorted(self._senders, key=lambda sender: not sender.reached)
        sinks = (sender.sink for sender in reached_first if sender.sink is not None)
        return next((getattr(sink, attribute) for sink in sinks), otherwise)


def _kept(journal: Journal, name: str, path: Path) -> tuple[Path, list[Exception]]:
    try:
        kept, left_out = journal.take_in(path)
    except FileNotFoundError as error:
        raise UnstorableValue(f"The artifact {name!r} can't be kept: there is nothing at {path}.") from error
    except OSError as error:
        raise UnstorableValue(f"The artifact {name!r} can't be kept: {error}.") from error
    lost = UnstorableValue(f"The artifact {name!r} lacks {told(left_out)}.")
    return kept, [lost] if left_out else []


def _drawn(journal: Journal, name: str, image: Any) -> Path:
    picture = as_pil(name, image)
    kept = journal.new_file("image.png")
    try:
        picture.save(kept, "PNG")
    except (OSError, ValueError) as error:
        raise UnstorableValue(f"image {name!r} can't be kept: {error}.") from error
    return kept
