"""Copies ended runs from one tracker to another, each once, and finds what the other one could not hold.

A copy carries its origin, `<tracker URL>#<run id>`; the copy of a copy carries the first one. By it a run is found
again, so that it isn't copied twice, nor back to where it came from. The origin is stored when the copy begins and the
status when it ends, so that a copy that was interrupted is known by being there without the status of its run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from zenml_trackers.copy.comparison import Expected, Loss, differences
from zenml_trackers.errors import InvalidUrl, TokenRefused, TrackerError, TrackerUnreachable, named
from zenml_trackers.losses import Redactor
from zenml_trackers.model import records
from zenml_trackers.model.records import NEEDS, Artifact, Logged, Metrics, Params, RunSpec, Status
from zenml_trackers.model.run_ids import chosen, may_be
from zenml_trackers.model.stored import MetricPoint, StoredRun
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Backend, Sink

BATCH = 1000
"""Records that are written at once."""


class Fate(Enum):
    """What became of a run of the source."""

    COPIED = "copied"
    PRESENT = "there already"
    RUNNING = "still running"
    UNKNOWN = "of unknown status"
    INTERRUPTED = "there in part"


@dataclass
class Summary:
    """What became of all runs."""

    fates: dict[Fate, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The names of the runs by their fate; a run that is there in part is named with its id there."""
    losses: list[Loss] = field(default_factory=list)


class Place:
    """A project of a tracker, known by its URL."""

    def __init__(self, url: str, backend: Backend) -> None:
        parsed = TrackerUrl.parse(url)
        self.url = str(parsed.model_copy(update={"path": parsed.path.rstrip("/")}))
        self.backend = backend

    def read(self) -> Iterator[StoredRun]:
        """All its runs, oldest first.

        Raises:
            TrackerError: Why they could not be read, and which URL is meant.
        """
        with self.named_errors():
            yield from self.backend.read()

    def identity(self, run: StoredRun) -> str:
        """What is the same of a run here and all its copies."""
        return run.origin or f"{self.url}#{run.id}"

    @contextmanager
    def named_errors(self, doing: str = "") -> Iterator[None]:
        """Have errors say which tracker is meant."""
        try:
            with named("its backend failed"):
                yield
        except TrackerError as error:
            raise type(error)(f"{self.url}: {doing}{error}") from error


class Copying:
    """One way from a source to a target."""

    def __init__(self, source: Place, target: Place, assume_finished: bool = False) -> None:
        """Nothing is read yet.

        Args:
            source: Where the runs are.
            target: Where they are to be, too.
            assume_finished: Whether a run whose status the source does not know is copied as finished, or not at all.

        Raises:
            InvalidUrl: They are the same.
        """
        if source.url == target.url:
            raise InvalidUrl(f"{source.url} is source and target; name another project, or another tracker.")
        self.summary = Summary()
        self._source = source
        self._target = target
        self._assume_finished = assume_finished
        self._there: dict[str, StoredRun] = {}
        self._expected: dict[str, Expected] = {}
        self._redact = Redactor((*source.backend.secrets, *target.backend.secrets))

    def run(self, ids: Collection[str] = (), on_run: Callable[[str], None] = lambda name: None) -> None:
        """Copy the runs that are not there yet, and compare the copies with what they are copies of.

        Args:
            ids: Those of the source's runs that are wanted, or how these begin; all runs if there are none.
            on_run: Called with the name of each run before it is looked at.

        Raises:
            TrackerError: The source can't be read or the target can't be written to; what was copied stays.
            RunNotFound: The source has no run of one of the ids, or several; nothing was copied.
        """
        self._there = {self._target.identity(run): _without_metrics(run) for run in self._target.read()}
        for run in self._wanted(ids):
            on_run(run.name)
            fate = self._fate(run)
            if fate is Fate.COPIED:
                self._copy(run)
            there = self._there.get(self._source.identity(run))
            known_as = f"{run.name} (there {there.id})" if there and fate is Fate.INTERRUPTED else run.name
            self.summary.fates[fate].append(known_as)
        self._compare()

    def _wanted(self, ids: Collection[str]) -> Iterable[StoredRun]:
        if not ids:
            return self._source.read()
        found = [run for run in self._source.read() if may_be(run, ids)]
        wanted = {chosen(id, found, self._source.url).id for id in sorted(ids)}
        return [run for run in found if run.id in wanted]

    def _fate(self, run: StoredRun) -> Fate:
        there = self._there.get(self._source.identity(run))
        if run.status is Status.RUNNING:
            return Fate.RUNNING
        if there:
            ended = there.origin is None or there.status is (run.status or Status.FINISHED)
            return Fate.PRESENT if ended else Fate.INTERRUPTED
        return Fate.COPIED if run.status or self._assume_finished else Fate.UNKNOWN

    def _copy(self, run: StoredRun) -> None:
        ended = run.model_copy(update={"status": run.status or Status.FINISHED, "origin": self._source.identity(run)})
        with self._target.named_errors():
            sink = self._target.backend.open(_spec(ended), None)
        with self._target.named_errors(f"the run {run.name!r} is there in part; delete it, and copy again. "):
            try:
                self._fill(sink, ended)
            except BaseException:
                sink.give_up()
                raise
        self._there[self._source.identity(run)] = _without_metrics(ended)
        self._expected[self._source.identity(run)] = Expected.of(ended)

    def _fill(self, sink: Sink, run: StoredRun) -> None:
        """Write all of a run; the files that were fetched for it stay until it is closed."""
        sink.write([])
        if run.params:
            self._write(sink, [Params(values=run.params)], "params", run)
        if run.alerts:
            self._write(sink, run.alerts, "alerts", run)
        if run.summary:
            self._write(sink, [records.Summary(values=run.summary)], "summary", run)
        if run.used:
            self._write(sink, run.used, "used artifacts", run)
        rows = _rows(run.metrics)
        while batch := list(islice(rows, BATCH)):
            self._write(sink, batch, "metrics", run)
        with TemporaryDirectory(prefix="zenml-trackers-") as folder:
            for record in self._attachments(run, Path(folder)):
                self._write(sink, [record], f"{type(record).__name__.lower()} {getattr(record, 'name', '')!r}", run)
            sink.ended_at = run.ended.timestamp() if run.ended else None
            with self._noting("end", run):
                sink.close(run.status or Status.FINISHED, run.error)

    def _write(self, sink: Sink, records: Sequence[Logged], what: str, run: StoredRun) -> None:
        """Write records, or note why they can't be kept."""
        feature = NEEDS.get(type(records[0]))
        if feature is not None and feature not in self._target.backend.features:
            self._lose(what, f"{self._target.backend.name} has no {feature.value}", run)
            return
        with self._noting(what, run):
            sink.write(records)

    def _attachments(self, run: StoredRun, folder: Path) -> Iterator[Logged]:
        """Those of a run, its artifacts last and in their order; what can't be read is noted."""
        artifacts: list[Artifact] = []
        with self._noting("artifacts, images and tables, or some of them", run), self._source.named_errors():
            for record in self._source.backend.attachments(run.id, folder):
                if isinstance(record, Artifact):
                    artifacts.append(record)
                else:
                    yield record
        yield from _labelled(artifacts, run)

    @contextmanager
    def _noting(self, what: str, run: StoredRun) -> Iterator[None]:
        """Note what fails as a loss, unless all else would fail too."""
        try:
            yield
        except (TrackerUnreachable, TokenRefused):
            raise
        except Exception as error:
            self._lose(what, self._redact(str(error) or type(error).__name__), run)

    def _lose(self, what: str, detail: str, run: StoredRun) -> None:
        self.summary.losses.append(Loss(what, detail, run.name))

    def _compare(self) -> None:
        """Read the copies back."""
        for copy in self._target.read() if self._expected else ():
            expected = self._expected.pop(copy.origin or "", None)
            if expected is not None:
                self.summary.losses.extend(differences(expected, copy))
        for expected in self._expected.values():
            self.summary.losses.append(Loss("run", "not there when the target was read again", expected.name))


def _spec(run: StoredRun) -> RunSpec:
    facts = run.model_dump(include={"name", "pipeline", "pipeline_run", "step", "step_run_id", "attempt", "origin"})
    began = run.started.timestamp() if run.started else None
    tags = tuple(sorted(run.tags))
    return RunSpec(**facts, project=run.project, tags=tags, metadata=run.metadata, started=began)


def _labelled(artifacts: Sequence[Artifact], run: StoredRun) -> Iterator[Artifact]:
    """Artifacts of a run with what it tells of them, and in its order."""
    known = {each.name: each.model_dump(include={"type", "aliases"}) for each in run.artifacts}
    order = {name: number for number, name in enumerate(known)}
    for artifact in sorted(artifacts, key=lambda each: order.get(each.name, len(order))):
        yield artifact.model_copy(update=known.get(artifact.name, {}))


def _rows(points: Iterable[MetricPoint]) -> Iterator[Metrics]:
    """The points in their order, those of one step together."""
    values: dict[str, bool | int | float] = {}
    step = None
    for point in points:
        if values and (point.step != step or point.name in values):
            yield Metrics(values=values, step=step)
            values = {}
        values[point.name], step = point.value, point.step
    if values:
        yield Metrics(values=values, step=step)


def _without_metrics(run: StoredRun) -> StoredRun:
    return run.model_copy(update={"metrics": (), "params": {}, "metadata": {}})
