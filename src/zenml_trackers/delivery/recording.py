"""What a run is to the step's code: a journal that takes what it logs, and senders that know it in its trackers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from zenml_trackers.delivery import budgets
from zenml_trackers.delivery.fetching import Fetching
from zenml_trackers.delivery.files import taken_in
from zenml_trackers.delivery.joined import run_in
from zenml_trackers.delivery.journal import Journal
from zenml_trackers.delivery.patience import Patience
from zenml_trackers.delivery.sender import Sender
from zenml_trackers.errors import ArtifactNotFound, TrackerError, TrackerUnreachable
from zenml_trackers.interruption import let_through
from zenml_trackers.model.records import Artifact, Feature, Logged, RunSpec, Used
from zenml_trackers.model.stored import StoredArtifact, StoredRun
from zenml_trackers.port.folders import size
from zenml_trackers.port.inert import Inert
from zenml_trackers.run import Run
from zenml_trackers.run.artifacts import Wanted


class Recording:
    """A run that is on its way to its trackers; its id, name and page are those of the first that has it."""

    def __init__(
        self,
        spec: RunSpec,
        journal: Journal | None,
        senders: Sequence[Sender],
        child: Callable[[Mapping[str, Any]], AbstractContextManager[Run]],
        deadline: float = budgets.DEADLINE,
    ) -> None:
        self._spec = spec
        self._journal = journal
        self._senders = senders
        self._deadline = deadline
        self._kept: dict[str, StoredArtifact] = {}
        self.child = child
        """Given name, tags and metadata, a run that is nested in this one."""

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
        return taken_in(self._journal, kind, fields) if self._journal is not None else (fields, [])

    def add(self, kind: type[Logged], fields: Mapping[str, Any]) -> None:
        """Put a record into the journal.

        Raises:
            TrackerUnreachable: The journal can't be written to.
        """
        try:
            if self._journal is None:
                raise OSError("there is no place for one")
            self._journal.append(kind, fields)
        except OSError as error:
            raise TrackerUnreachable(f"the journal can't be written to: {error}") from error
        if kind is Artifact:
            about = {key: fields[key] for key in ("name", "type", "aliases") if key in fields}
            self._kept[fields["name"]] = StoredArtifact(**about, size=size(Path(fields["path"])))

    def flush(self, seconds: float) -> bool:
        """Wait until the trackers have all that was logged so far, and say whether they have."""
        return self._delivered(self._senders, seconds)

    def fetched(self, wanted: Wanted, to: Path | None) -> tuple[Path, Used]:
        """Where a local copy of an artifact is, out of the first tracker that has it, and what is to be recorded.

        Raises:
            ArtifactNotFound: No tracker has it.
            TrackerError: Why one that may have it could not be read, or the copy not be written.
        """
        errors: list[TrackerError] = []
        for sender in (each for each in self._senders if Feature.ARTIFACTS in each.features):
            self._delivered([sender], self._deadline)
            try:
                return self._fetching(sender, wanted, to).copied(self._deadline)
            except Exception as error:
                let_through(error)
                errors.append(sender.reporter.named(error))
        unread = [error for error in errors if not isinstance(error, ArtifactNotFound)]
        raise next(iter(unread or errors), TrackerUnreachable(f"there is no tracker to have the artifact {wanted}"))

    def _fetching(self, sender: Sender, wanted: Wanted, to: Path | None) -> Fetching:
        if to is None:
            assert self._journal is not None  # which every sender has
            to = self._journal.new_file("artifact").parent
        make = partial(sender.receiver.make, self._spec.project)
        known = {"id": sender.sink.id, "name": sender.sink.name} if sender.sink is not None else {"id": "", "name": ""}
        own = StoredRun(**known, project=self._spec.project, artifacts=tuple(self._kept.values()))
        return Fetching(make, wanted, to, own)

    def _delivered(self, senders: Sequence[Sender], seconds: float) -> bool:
        """Whether these have brought all that was logged so far to their trackers, after so many seconds at most."""
        try:
            reach = self._journal.reach() if self._journal is not None else 0
        except OSError:  # the run is over, and nothing is delivered any more
            return all(each.done for each in senders)
        for sender in senders:
            sender.hurry(reach)
        over = lambda: all(each.has_all(reach) or each.stopped for each in senders)  # noqa: E731
        Patience(seconds).wait(over, SimpleQueue[None]())
        return all(each.has_all(reach) for each in senders)

    def passed_on(self) -> tuple[Callable[[str], Run], tuple[str]]:
        """What gives the run in a process that it is sent to.

        Raises:
            TypeError: There is no journal.
        """
        if self._journal is None:
            raise TypeError("a run without a journal can't be passed to another process")
        return run_in, (str(self._journal.folder),)

    def _known(self, attribute: str, otherwise: Any) -> Any:
        reached_first = sorted(self._senders, key=lambda sender: not sender.reached)
        sinks = (sender.sink for sender in reached_first if sender.sink is not None)
        return next((getattr(sink, attribute) for sink in sinks), otherwise)
