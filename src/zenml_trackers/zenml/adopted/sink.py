"""What the sinks over adopted runs have in common: all is stored as it comes, and nothing is ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from zenml_trackers.errors import NoActiveRun, UnstorableValue, UnsupportedFeature
from zenml_trackers.model.records import Artifact, Definition, Feature, Image, Logged, RunError, Status
from zenml_trackers.port.sinks import RecordSink
from zenml_trackers.run.artifacts import Wanted

if TYPE_CHECKING:
    import PIL.Image

T = TypeVar("T")
OWN = "Runs of ZenML's own flavor have no place for them."


def no_child(own: Mapping[str, Any], /) -> NoReturn:
    """In the place of what begins a child run.

    Raises:
        UnsupportedFeature: Always.
    """
    raise UnsupportedFeature(
        "A run that ZenML's own flavor started has no child runs; begin them with the library's own calls."
    )


class AdoptedSink(RecordSink):
    """A run of somebody else's, to which no status and no end is written."""

    features: ClassVar[frozenset[Feature]] = frozenset({Feature.ARTIFACTS, Feature.MEDIA})

    def __init__(self, id: str, name: str, project: str, native: Any) -> None:
        """A run that is open.

        Args:
            id: The library's own.
            name: What the library shows.
            project: Where the library keeps it.
            native: The library's run object.
        """
        super().__init__()
        self.id = id
        self.name = name
        self.project = project
        self.native = native

    def end(self, status: Status, error: RunError | None) -> None:
        """The flavor ends its run."""

    def taken_in(self, kind: type[Logged], fields: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Exception]]:
        """The fields as they are: each record is stored before the call returns."""
        return fields, []

    def add(self, kind: type[Logged], fields: Mapping[str, Any]) -> None:
        """Store a record."""
        self.take_one(kind(**fields))

    def flush(self, seconds: float) -> bool:
        """All is stored as it is logged."""
        return True

    child = staticmethod(no_child)

    def fetched(self, wanted: Wanted, to: Path | None) -> NoReturn:
        """None here.

        Raises:
            UnsupportedFeature: Always.
        """
        raise UnsupportedFeature(
            "A run that ZenML's own flavor started can't use artifacts by use_artifact(); the library's own calls can."
        )

    def passed_on(self) -> NoReturn:
        """Not to another process.

        Raises:
            TypeError: The library's run is in this one.
        """
        raise TypeError("a run that ZenML's own flavor started can't be passed to another process")

    def keep_artifact(self, artifact: Artifact) -> None:
        """Keep it, without what only runs of this package's flavors have.

        Raises:
            UnstorableValue: It has a type or aliases, or it can't be kept.
        """
        super().keep_artifact(artifact)
        if artifact.type or artifact.aliases:
            raise UnstorableValue(f"The artifact {artifact.name!r} is kept without its type and aliases. {OWN}")

    def show_captioned(self, image: Image, picture: PIL.Image.Image) -> None:
        """Show it, without its caption.

        Raises:
            UnstorableValue: It has one, or it can't be shown.
        """
        super().show_captioned(image, picture)
        if image.caption:
            raise UnstorableValue(f"The image {image.name!r} is shown without its caption. {OWN}")

    def take_one(self, record: Logged) -> None:
        if isinstance(record, Artifact) and not record.path.exists():
            raise UnstorableValue(f"The artifact {record.name!r} can't be kept: there is nothing at {record.path}.")
        if isinstance(record, Definition):
            self.define(record)
        super().take_one(record)

    def define(self, definition: Definition) -> None:
        """Have the library sum up a metric, if it does such things.

        Raises:
            UnsupportedFeature: It does not.
        """
        raise UnsupportedFeature(f"The library has no summary of the metric {definition.name!r}.")


def need(run: T | None, library: str) -> T:
    """`run`, unless there is none.

    Raises:
        NoActiveRun: The message says what may have ended the run.
    """
    if run is None:
        raise NoActiveRun(
            f"{library} has no run open here, though ZenML started one for this step: the step's own code may have "
            "ended it, or this is another thread; then call get_run() in the step's first, and pass the run."
        )
    return run


def each(items: Iterable[T], store: Callable[[T], object]) -> None:
    """Store each item; one that is refused keeps back none of the others.

    Raises:
        Exception: The first that `store` raised.
    """
    failure: Exception | None = None
    for item in items:
        try:
            store(item)
        except Exception as error:
            failure = failure or error
    if failure:
        raise failure
