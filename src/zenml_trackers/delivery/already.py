"""What a process that is no more has stored of a run, so that who goes on with its work stores nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from zenml_trackers.model.records import Alert, Artifact, Image, Logged, Metrics, Table
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.port.backend import Backend, Sink
from zenml_trackers.port.sinks import DocumentSink


class Already:
    """What is stored, as read from the tracker itself: neither a cursor nor an answer tells it for sure."""

    def __init__(self, backend: Backend, run: StoredRun, points_before: int, sink: Sink) -> None:
        """As of now.

        Args:
            backend: Has the run.
            run: As it is stored.
            points_before: How many values of metrics it had before anything of the journal.
            sink: Goes on with it; one with a document tells what it keeps, and keeps again what it does not tell of.
        """
        self._backend = backend
        self._run = run
        self._resumed = points_before > 0  # what was shown before may have the same name and step
        self._listed = {artifact.name for artifact in run.artifacts} if isinstance(sink, DocumentSink) else None
        self._alerts = Counter(map(_alert, run.alerts))
        self._points = Counter(_point(each.name, each.step, each.value) for each in run.metrics[points_before:])

    def without(self, records: Iterable[Logged]) -> Iterator[Logged]:
        """The records without what is stored; params, tags and the summary change nothing if stored again."""
        for record in records:
            if isinstance(record, Metrics):
                if left := self._left(record):
                    yield record.model_copy(update={"values": left})
            elif isinstance(record, Alert):
                if not _take(self._alerts, _alert(record)):
                    yield record
            elif not isinstance(record, (Artifact, Image, Table)) or self._resumed or not self._has_shown(record):
                yield record

    def _left(self, row: Metrics) -> dict[str, Any]:
        """The values of a row that are not stored."""
        return {
            name: value for name, value in row.values.items() if not _take(self._points, _point(name, row.step, value))
        }

    def _has_shown(self, record: Artifact | Image | Table) -> bool:
        if isinstance(record, Artifact) and self._listed is not None and record.name not in self._listed:
            return False
        return _take(self._shown, _shown(record))

    @cached_property
    def _shown(self) -> Counter[Any]:
        with TemporaryDirectory() as folder:
            return Counter(map(_shown, self._backend.attachments(self._run.id, Path(folder))))


def _take(stored: Counter[Any], key: Any) -> bool:
    """Whether one of these is stored that no record was taken for yet."""
    if stored[key] == 0:
        return False
    stored[key] -= 1
    return True


def _point(name: str, step: int | None, value: Any) -> tuple[str, int | None, str]:
    """Equal for what is one value to every tracker.

    Some hold all numbers as floats, some know no -0.0, and no NaN equals another.
    """
    return name, step, repr(float(value) + 0.0)


def _shown(record: Any) -> tuple[type, str, int | None]:
    return type(record), record.name, None if isinstance(record, Artifact) else record.step


def _alert(alert: Alert) -> tuple[str, str, str]:
    return alert.title, alert.text, alert.level
