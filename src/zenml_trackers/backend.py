"""The port: what a tracker's library has to be wrapped into, once, in one small file.

A backend never sees a call of the user's, only records in batches. It may raise any of the named errors; whoever
calls it keeps them away from the step.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, ClassVar

from zenml_trackers.errors import BackendMissing
from zenml_trackers.records import Feature, Record, RunError, RunSpec, Status, StoredRun

ENTRY_POINTS = "zenml_trackers.backends"


class Sink(ABC):
    """Where the records of one run go."""

    id: str
    name: str
    native: Any
    """The library's own run object, for users who want all of it."""

    @abstractmethod
    def write(self, records: Sequence[Record]) -> None:
        """Store the records, or hand them to the library that will.

        The first call, even without records, stores what `open` was given, so that a run is there before its step
        begins.

        Raises:
            TrackerError: What could not be delivered, and why.
        """

    @abstractmethod
    def close(self, status: Status, error: RunError | None) -> None:
        """Deliver all that is still on its way, then store the terminal status.

        Raises:
            TrackerError: What could not be delivered, and why.
        """

    def give_up(self) -> None:
        """Stop trying: nobody waits for this sink any more. Must return at once."""

    @property
    def links(self) -> dict[str, str]:
        """Where the run can be seen: `url` for a browser, `show_command` for a shell; either may be missing."""
        return {}


class Backend(ABC):
    """A tracker with its project and its credentials."""

    name: ClassVar[str]
    features: ClassVar[frozenset[Feature]] = frozenset()

    @abstractmethod
    def open(self, spec: RunSpec) -> Sink:
        """Make a run; what it writes may still be undelivered.

        Raises:
            TrackerError: Why no run could be made.
        """

    @abstractmethod
    def read(self) -> Iterator[StoredRun]:
        """All runs of the project as they are stored, oldest first.

        Raises:
            TrackerError: Why they could not be read.
        """

    @abstractmethod
    def check(self) -> str:
        """Say where the runs go, after having seen that it can be reached and written to; leaves nothing behind.

        Raises:
            TrackerError: It can't, and why.
        """

    @classmethod
    def attach(cls, native: Any) -> Callable[[], None]:
        """Let the library's own calls in this context reach `native`, until the returned function is called.

        `native` is a sink's, or an `Inert` if no run could be made. Neither call may block.
        """
        return lambda: None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be stored or shown."""
        return ()


class Inert:
    """Takes every call that a library's run takes, and does nothing: what a step holds when no run could be made."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None

    def __setitem__(self, key: str, value: Any) -> None:
        pass


class InertSink(Sink):
    """Stores nothing; stands in where a backend could not be opened."""

    def __init__(self, spec: RunSpec) -> None:
        self.id = ""
        self.name = spec.name
        self.native = Inert()

    def write(self, records: Sequence[Record]) -> None:
        """Drop the records."""

    def close(self, status: Status, error: RunError | None) -> None:
        """Nothing is open."""


def backend_class(name: str) -> type[Backend]:
    """The installed backend of that name, loaded now and not before.

    Raises:
        BackendMissing: Nothing that is installed provides it; the message lists what is.
    """
    found = _installed()
    if name not in found:
        raise BackendMissing(f"There is no tracker backend {name!r}; installed are: {', '.join(sorted(found))}.")
    loaded: type[Backend] = found[name].load()
    return loaded


@cache
def _installed() -> dict[str, EntryPoint]:
    """The installed backends; looking through all distributions would take as long as all else in prepare."""
    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}
