"""What most sinks have in common: a call for each kind of record, and a document for what is no number and no file."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenml_trackers.errors import Losses, TrackerError, UnstorableValue, UnsupportedFeature
from zenml_trackers.interruption import let_through
from zenml_trackers.model import document
from zenml_trackers.model.records import (
    Alert,
    Artifact,
    Image,
    Logged,
    Metrics,
    Params,
    RunError,
    Status,
    Summary,
    Table,
    Tags,
    Used,
)
from zenml_trackers.model.stored import StoredArtifact
from zenml_trackers.model.values.images import as_pil
from zenml_trackers.port.backend import Sink
from zenml_trackers.port.folders import size

if TYPE_CHECKING:
    import PIL.Image

Number = bool | int | float


def named_loss(record: Logged, error: Exception) -> Exception:
    """The error of one thing that can't be stored, with its name: another one's may have the same words."""
    name = getattr(record, "name", None)
    if name is None or isinstance(error, Losses) or (isinstance(error, TrackerError) and repr(name) in str(error)):
        return error
    kind = type(record).__name__.lower()
    named = UnstorableValue(f"The {kind} {name!r} can't be stored ({type(error).__name__}: {error}).")
    named.__cause__ = error
    return named


class RecordSink(Sink):
    """A sink that says of each kind of record what becomes of it; one that can't be stored keeps back no other.

    `OSError` and what is one, such as `TrackerUnreachable`, means that it may work in a moment. Anything else means
    that the record can't be stored, and `UnstorableValue` that the rest of it was.

    Names with one `_` are free for a backend's author: neither this class nor `DocumentSink` uses any.
    """

    def __init__(self) -> None:
        """A run of which nothing was stored."""
        self.begun = False
        """Whether `begin` was."""
        self.taken = -1
        """The number of the last record that was stored, for `stored`."""
        self.losses: list[Exception] = []
        """What could not be stored since the last report of it; a `take` of one's own adds to them."""
        self.lost_rows = 0
        """How many rows of metrics these cost as a whole."""
        self.__unshown: set[tuple[str | None, str]] = set()

    def write(self, records: Sequence[Logged]) -> None:
        """Begin the run if need be, and store each record in its turn."""
        if not self.begun:
            self.begin()
            self.begun = True
        self.take(records)
        self.settle()
        losses, rows, self.losses, self.lost_rows = self.losses, self.lost_rows, [], 0
        if losses:
            raise Losses(losses, rows)

    def take(self, records: Iterable[Logged]) -> None:
        """Store the records, each in its turn; a library that takes many at once has this of its own."""
        for record in records:
            self.__try(record)

    def take_one(self, record: Logged) -> None:
        """Store one record, by the method for its kind."""
        match record:
            case Metrics(values=values, step=step):
                self.log(values, step)
            case Params(values=values):
                self.set_params(values)
            case Tags(tags=tags):
                self.add_tags(tags)
            case Artifact():
                self.keep_artifact(record)
                self.__try_to_show(record)
            case Alert():
                self.alert(record)
            case Summary(values=values):
                self.set_summary(values)
            case Used():
                self.use(record)
            case Image(name=name, image=image):
                self.show_captioned(record, as_pil(name, image))
            case Table(step=step):
                self.show_table(record, step)

    def settle(self) -> None:
        """Store what is stored once for all records that were given together."""

    def close(self, status: Status, error: RunError | None) -> None:
        """End the run."""
        self.end(status, error)

    def stored(self) -> int:
        """How far the records were taken."""
        return self.taken

    def begin(self) -> None:
        """Make the run; nothing if the library made it already. Called again if it raises."""

    @abstractmethod
    def log(self, values: Mapping[str, Number], step: int) -> None:
        """Store numbers at a metric step."""

    @abstractmethod
    def set_params(self, values: Mapping[str, Any]) -> None:
        """Store params; nested ones as the library has them."""

    @abstractmethod
    def add_tags(self, tags: tuple[str, ...]) -> None:
        """Add to the run's tags."""

    @abstractmethod
    def end(self, status: Status, error: RunError | None) -> None:
        """Deliver all that is still on its way, and store the terminal status where the library has a place for it."""

    def keep(self, name: str, path: Path) -> None:
        """Keep a file or folder; for the feature `artifacts`."""
        raise NotImplementedError

    def show_image(self, name: str, image: PIL.Image.Image, step: int) -> None:
        """Show a picture; for the feature `media`."""
        raise NotImplementedError

    def show_table(self, table: Table, step: int) -> None:
        """Show a table; for the feature `media`."""
        raise NotImplementedError

    def keep_artifact(self, artifact: Artifact) -> None:
        """Keep a file or folder, with its type and its aliases where the library has a place for them."""
        self.keep(artifact.name, artifact.path)

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        """Show a picture, with its caption where the library has a place for it."""
        self.show_image(image.name, picture, image.step)

    def show(self, artifact: Artifact) -> None:
        """Show what is in a file that is kept, if the library shows such things; it need not be found again.

        What it raises costs the display alone.
        """

    def alert(self, alert: Alert) -> None:
        """Tell people of something, where the library has a way."""
        raise UnsupportedFeature(f"The alert {alert.title!r} can't be stored: the tracker has none.")

    def set_summary(self, values: Mapping[str, Number | str]) -> None:
        """Set single values of the whole run, where the library has a place for them."""
        names = ", ".join(map(repr, values))
        raise UnsupportedFeature(f"The summary of {names} can't be stored: the tracker has none.")

    def use(self, used: Used) -> None:
        """Store that the run used an artifact, where the library has a place for it."""
        raise UnsupportedFeature(f"That the run used the artifact {used.name!r} can't be stored.")

    def __try(self, record: Logged) -> None:
        try:
            self.take_one(record)
        except OSError:
            raise
        except Exception as error:
            self.losses.append(named_loss(record, error))
            self.lost_rows += isinstance(record, Metrics) and not isinstance(error, UnstorableValue)
        self.taken = record.number

    def __try_to_show(self, artifact: Artifact) -> None:
        """Show what it holds; whatever becomes of that, it is kept, and not kept again."""
        what = (artifact.shows, artifact.title)
        try:
            if artifact.shows is not None:
                self.show(artifact)
        except Exception as error:
            let_through(error)
            if what not in self.__unshown:
                told = f"The {artifact.shows} {artifact.title!r} is kept as an artifact, but can't be shown"
                self.losses.append(UnstorableValue(f"{told} ({type(error).__name__}: {error})."))
            self.__unshown.add(what)


class DocumentSink(RecordSink):
    """A sink with one document for all that is no number and no file.

    `config` is the document of `zenml_trackers.model.document`: params as they were given, and under `zenml.` keys the
    status, tags, metadata and all else. It is put whole, each time that it changed.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        """A run that is not stored yet.

        Args:
            config: What the run begins with.
        """
        super().__init__()
        self.config = config
        self.changed = True
        """Whether it is to be put; whoever changes it says so."""

    @abstractmethod
    def put(self, config: Mapping[str, Any]) -> None:
        """Store the document, in the place of an earlier one."""

    def settle(self) -> None:
        """Put the document if it changed."""
        if self.changed:
            self.put(self.config)
            self.changed = False

    def close(self, status: Status, error: RunError | None) -> None:
        """Put the document with the status, and end the run."""
        document.end(self.config, status, error, self.ended_at)
        self.put(self.config)
        self.end(status, error)

    def set_params(self, values: Mapping[str, Any]) -> None:
        """Into the document."""
        document.add_params(self.config, values)
        self.changed = True

    def alert(self, alert: Alert) -> None:
        """Into the document, as far as the library has no place of its own."""
        document.add_alert(self.config, alert)
        self.changed = True

    def set_summary(self, values: Mapping[str, Number | str]) -> None:
        """Into the document, as far as the library has no place of its own."""
        document.add_summary(self.config, values)
        self.changed = True

    def use(self, used: Used) -> None:
        """Into the document."""
        document.add_used(self.config, used)
        self.changed = True

    def take_one(self, record: Logged) -> None:
        """What is known of an artifact goes into the document once it is kept."""
        super().take_one(record)
        if isinstance(record, Artifact):
            about = record.model_dump(include={"name", "type", "aliases"})
            document.add_artifact(self.config, StoredArtifact(**about, size=size(record.path)))
            self.changed = True

    def add_tags(self, tags: tuple[str, ...]) -> None:
        """Into the document."""
        document.add_tags(self.config, tags)
        self.changed = True
