"""A tracker whose author set nothing that need not be set, and that does what a test wants where it wants it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from zenml_trackers.delivery.lifecycle import Limits
from zenml_trackers.model.records import Logged, RunError, RunSpec, Status
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Backend, Sink
from zenml_trackers.tracker import Tracker

PLACES = ("load", "open", "begin", "write", "close")
"""Where a backend may do what it should not."""

Does = Callable[..., Any]
"""Given the record, if it is done where one is written."""


class Panic(BaseException):
    """As libraries in Rust raise."""


class Collecting(Sink):
    """Keeps what it is given, in the plainest way."""

    def __init__(self, name: str = "r", /, **does: Does) -> None:
        """Nothing is taken yet.

        Args:
            name: What it calls the run, and the run's id.
            does: What happens at some of `PLACES`.
        """
        self.id = self.name = name
        self.does = does
        self.taken: list[Any] = []
        self.calls: list[str] = []
        self.ended: Status | None = None
        self.error: RunError | None = None
        self.threads: set[int] = set()

    @property
    def values(self) -> list[Any]:
        """The values of the rows, params included."""
        return [record.values for record in self.taken]

    def write(self, records: Sequence[Logged]) -> None:
        if not records:
            self.comes_to("begin")
        for record in records:
            self.comes_to("write", record)
            self.taken.append(record)

    def close(self, status: Status, error: RunError | None) -> None:
        self.comes_to("close")
        self.ended, self.error = status, error

    def comes_to(self, place: str, *arguments: Any) -> None:
        self.threads.add(threading.get_ident())
        self.calls.append(place)
        if (does := self.does.get(place)) is not None:
            does(*arguments)


class Telling(Collecting):
    """One that also tells how far it is, and so gets many records at once."""

    def __init__(self, **does: Does) -> None:
        super().__init__(**does)
        self.batches: list[int] = []

    def write(self, records: Sequence[Logged]) -> None:
        self.batches.append(len(records))
        super().write(records)

    def stored(self) -> int:
        return self.taken[-1].number if self.taken else -1


class Hostile(Backend):
    """Gives a sink that the test holds too."""

    name: ClassVar[str] = "hostile"
    made = itertools.count()

    def __init__(self, sink: Collecting, attach: Does | None = None) -> None:
        self.url = f"hostile://{next(self.made)}"
        self.sink = sink
        self._attach = attach

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> Hostile:
        raise NotImplementedError

    def load(self) -> None:
        self.sink.comes_to("load")

    def open(self, spec: RunSpec, old: StoredRun | None) -> Sink:
        self.sink.comes_to("open")
        return self.sink

    def read(self) -> Iterator[StoredRun]:
        return iter(())

    def check(self) -> str:
        return ""

    def attach(self, native: Any) -> Callable[[], None]:  # type: ignore[override]  # one of this very test
        return self._attach() if self._attach else lambda: None


def tracker(*sinks: Collecting | Backend, strict: bool = False, deadline: float = 2.0) -> Tracker:
    """A tracker of backends, and of sinks each of which is a hostile one's."""
    backends = [sink if isinstance(sink, Backend) else Hostile(sink) for sink in sinks]
    return Tracker(backends, "p", Limits(strict, deadline))


def doing(place: str, does: Does) -> Collecting:
    """A sink that does it at a place."""
    return Collecting(**{place: does})


def raising(error: BaseException) -> Does:
    def does(*given: Any) -> None:
        raise error

    return does
