"""Several trackers as one, each safe from the others' failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, ClassVar, TypeVar

from zenml_trackers.backend import Backend, InertSink, Sink
from zenml_trackers.deadline import in_thread
from zenml_trackers.delivery import Delivery, Limits
from zenml_trackers.errors import InvalidUrl, UnsupportedFeature
from zenml_trackers.records import (
    Artifact,
    Feature,
    Image,
    Metrics,
    Record,
    RunError,
    RunSpec,
    Status,
    StoredRun,
    Table,
)
from zenml_trackers.url import TrackerUrl

NEEDS: Mapping[type[Record], Feature] = {
    Artifact: Feature.ARTIFACTS,
    Image: Feature.MEDIA,
    Table: Feature.MEDIA,
}

T = TypeVar("T")


class Part:
    """One of several trackers, and what became of one run there."""

    def __init__(self, name: str, backend: Backend, spec: RunSpec, limits: Limits) -> None:
        self.name = name
        self.backend = backend
        self.received = 0
        self._delivery = Delivery(f"{name}, run {spec.name!r}", limits, in_background=True)
        self.sink: Sink = InertSink(spec)

    def open(self, spec: RunSpec) -> None:
        """Make the run; a warning if that fails."""
        self.sink = self._delivery.open(lambda: self.backend, spec)

    def write(self, records: Sequence[Record]) -> None:
        """Store what this tracker has the features for; a warning names what it hasn't."""
        taken = [record for record in records if self._takes(record)]
        for record in taken:
            if isinstance(record, Metrics):
                self._delivery.reporter.rows.count()
        self.sink.write(taken)
        self.received += len(taken)

    def close(self, status: Status, error: RunError | None) -> None:
        """End the run; a warning if that fails."""
        self._delivery.close(self.sink.close, status, error)

    @property
    def reached(self) -> bool:
        """Whether the run was made there."""
        return self._delivery.reached

    @property
    def whereabouts(self) -> str:
        """What this tracker has of the run, and how people get to see it."""
        if not self.reached:
            return f"{self.name}: not reached."
        rows = self._delivery.reporter.rows
        lost = f", {rows.missing:,} of {rows.logged:,} rows not stored" if rows.missing else ""
        losses = ", with losses" if self._delivery.reporter.troubled and not lost else ""
        return f"{self.name}: {self.received:,} records{lost}{losses}. {self._delivery.whereabouts}".rstrip()

    def _takes(self, record: Record) -> bool:
        feature = NEEDS.get(type(record))
        if feature is None or feature in self.backend.features:
            return True
        lacking = UnsupportedFeature(f"The tracker {self.backend.name!r} has no {feature.value}.")
        self._delivery.reporter.warn(lacking, "The other trackers get it.", feature.value)
        return False


class FanoutSink(Sink):
    """One run in several trackers; its id, name and page are those of the first that has it."""

    concurrent = True

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self._first = next((part.sink for part in parts if part.reached), parts[0].sink)
        self.id = self._first.id
        self.name = self._first.name
        self.native: Any = self._first.native

    def write(self, records: Sequence[Record]) -> None:
        for part in self.parts:
            part.write(records)

    def close(self, status: Status, error: RunError | None) -> None:
        _at_once(lambda part: part.close(status, error), self.parts)

    def stored(self) -> int:
        """As the tracker has it that has most."""
        return max(part.sink.stored() or 0 for part in self.parts)

    def give_up(self) -> None:
        for part in self.parts:
            with suppress(Exception):
                part.sink.give_up()

    @property
    def whereabouts(self) -> str:
        """Of each tracker on a line of its own."""
        return "\n".join(["", *(f"  {part.whereabouts}" for part in self.parts)])

    @property
    def links(self) -> dict[str, str]:
        """The first tracker's, and each one's under its name."""
        named = {
            f"{part.name}_{key}": value
            for part in self.parts
            for key, value in {"run_id": part.sink.id, "run_name": part.sink.name, **part.sink.links}.items()
            if part.reached
        }
        return {**self._first.links, **named}


class Fanout(Backend):
    """Several trackers that all get the same."""

    name: ClassVar[str] = "unified"
    bounds_itself: ClassVar[bool] = True

    def __init__(self, backends: Sequence[Backend], limits: Limits) -> None:
        """Nothing is connected yet.

        Args:
            backends: The trackers; the first one's page is the run's.
            limits: Those of all of them together.
        """
        self.backends = tuple(backends)
        self.secrets = tuple(secret for backend in backends for secret in backend.secrets)
        self.features = frozenset[Feature]().union(*(backend.features for backend in backends))
        self._limits = limits

    @classmethod
    def from_url(cls, url: TrackerUrl, project: str, credentials: Mapping[str, str], timeout: float) -> Backend:
        raise InvalidUrl(f"{url}: several trackers have no URL of their own; pass one for each.")

    def open(self, spec: RunSpec) -> Sink:
        named = zip(_names(self.backends), self.backends, strict=True)
        parts = [Part(name, backend, spec, self._limits) for name, backend in named]
        try:
            _at_once(lambda part: part.open(spec), parts)
        except BaseException as error:  # of a strict one that failed, or of a signal's handler
            FanoutSink(parts).close(Status.FAILED, RunError.of(error))
            raise
        return FanoutSink(parts)

    def read(self) -> Iterator[StoredRun]:
        """The runs of the first."""
        return self.backends[0].read()

    def projects(self) -> list[str] | None:
        """Those of the first."""
        return self.backends[0].projects()

    def check(self) -> str:
        return "; ".join(_at_once(lambda backend: backend.check(), self.backends))


def attach(sink: Sink) -> Callable[[], None]:
    """Let the own calls of each library in this context reach its part of the run, until the result is called."""
    with ExitStack() as stack:
        for part in sink.parts if isinstance(sink, FanoutSink) else ():
            stack.callback(part.backend.attach(part.sink.native))
        return stack.pop_all().close


def _at_once(call: Callable[[Any], T], each: Sequence[Any]) -> list[T]:
    """What `call` gives for each, called at the same time; the first exception among them is raised at the end."""
    results: dict[int, T] = {}
    errors: dict[int, BaseException] = {}

    def work(index: int) -> None:
        try:
            results[index] = call(each[index])
        except BaseException as error:
            errors[index] = error

    waits = [in_thread(partial(work, index), "one of several trackers") for index in range(len(each))]
    try:
        _wait_for(waits)
    except BaseException:  # of a signal's handler: a run that is half begun or half ended would be lost
        _wait_for(waits)
        raise
    if errors:
        raise errors[min(errors)]
    return [results[index] for index in range(len(each))]


def _wait_for(waits: Iterable[Callable[[float | None], None]]) -> None:
    for wait in waits:
        wait(None)


def _names(backends: Sequence[Backend]) -> Iterator[str]:
    """Each backend's name; the second of one kind is `memory_2`."""
    seen = Counter[str]()
    for backend in backends:
        seen[backend.name] += 1
        yield backend.name if seen[backend.name] == 1 else f"{backend.name}_{seen[backend.name]}"
