"""What most sinks have in common: counted steps, and one document for all that is no number and no file."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from zenml_trackers import document
from zenml_trackers.backend import Sink
from zenml_trackers.errors import Losses, UnstorableValue
from zenml_trackers.images import as_pil
from zenml_trackers.interruption import let_through
from zenml_trackers.records import Artifact, Image, Metrics, Params, Record, RunError, Status, Table, Tags
from zenml_trackers.steps import StepCounter, need_step

if TYPE_CHECKING:
    import PIL.Image

Number = bool | int | float


class DocumentSink(Sink):
    """A sink that says of each record what becomes of it.

    `config` is the document of `zenml_trackers.document`: params as they were given, and under `zenml.` keys the
    status, tags, metadata and all else. It is put whole, each time that it changed.
    """

    steps: ClassVar[range | None] = None
    """The steps that the library can hold, if not any."""

    def __init__(self, config: dict[str, Any], last_step: int = -1) -> None:
        """A run that is not stored yet.

        Args:
            config: What the run begins with.
            last_step: The highest step of the run that is continued.
        """
        self.config = config
        self._steps = StepCounter(last_step)
        self._begun = False
        self._rows = 0

    def write(self, records: Sequence[Record]) -> None:
        """Begin the run if need be, and store each record in its turn."""
        first, self._begun = not self._begun, True
        if first:
            self.begin()
        changed, failures = take_each(records, self._take)
        if first or changed:
            self.put(self.config)
        need_none(failures)

    def close(self, status: Status, error: RunError | None) -> None:
        """Put the document with the status, and end the run."""
        document.end(self.config, status, error)
        self.put(self.config)
        self.end(status, error)

    def stored(self) -> int:
        """The rows that `log` took."""
        return self._rows

    def begin(self) -> None:
        """Make the run; nothing if the library made it already."""

    @abstractmethod
    def log(self, values: Mapping[str, Number], step: int) -> None:
        """Store numbers at a step."""

    @abstractmethod
    def put(self, config: Mapping[str, Any]) -> None:
        """Store the document, in the place of an earlier one."""

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

    def _take(self, record: Record) -> bool:
        """Whether the record changed the document; if not, it is stored now."""
        match record:
            case Tags(tags=tags):
                document.add_tags(self.config, tags)
                return True
            case Params(values=values):
                document.add_params(self.config, values)
                return True
            case Metrics(values=values, step=step):
                need_step(values, step, self.steps)
                self._log_row(values, self._steps.at(step))
            case Image(name=name, image=image, step=step):
                need_step([name], step, self.steps)
                self.show_image(name, as_pil(name, image), self._media_step(step))
            case Table(name=name, step=step):
                need_step([name], step, self.steps)
                self.show_table(record, self._media_step(step))
            case Artifact(name=name, path=path):
                self.keep(name, path)
        return False

    def _log_row(self, values: Mapping[str, Number], step: int) -> None:
        try:
            self.log(values, step)
        except UnstorableValue:  # the row's other values are stored
            self._rows += 1
            raise
        self._rows += 1

    def _media_step(self, step: int | None) -> int:
        """A picture belongs to the step that was logged last, and uses up none."""
        return max(self._steps.next - 1, 0) if step is None else step


def take_each(records: Sequence[Record], take: Callable[[Record], bool]) -> tuple[bool, list[Exception]]:
    """Whether `take` said so of any record, and its failures: one that fails keeps back none of the others."""
    said, failures = False, []
    for record in records:
        try:
            said |= take(record)
        except Exception as error:
            let_through(error)
            failures.append(error)
    return said, failures


def need_none(failures: Sequence[Exception]) -> None:
    """Raise what failed.

    Raises:
        Exception: The one failure.
        Losses: Several.
    """
    if failures:
        raise failures[0] if len(failures) == 1 else Losses(failures)
