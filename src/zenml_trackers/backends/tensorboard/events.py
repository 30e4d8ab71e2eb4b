"""TensorBoard's event files, written and read."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from tensorboard import data_compat, summary
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader
from tensorboard.compat import tf
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

from zenml_trackers.backends.tensorboard import shown

VERSION = "brain.Event:2"


class EventFile:
    """A new event file. Threads may share it; what was added is on its way to the disk when a call returns."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self._writing = threading.Lock()
        self._append(Event(wall_time=time.time(), file_version=VERSION))

    def add(self, *values: Any, step: int = 0) -> None:
        """Append values, which belong to one step."""
        self._append(Event(wall_time=time.time(), step=step, summary=Summary(value=values)))

    def close(self) -> None:
        """Nothing more is added."""
        self._file.close()

    def _append(self, event: Any) -> None:
        record = io.BytesIO()
        RecordWriter(record).write(event.SerializeToString())
        with self._writing:  # in one piece: a part of a record, left by a signal's exception, would hide what follows
            self._file.write(record.getvalue())
            self._file.flush()


class RunOutput(summary.Output):  # type: ignore[misc]  # TensorBoard has no types
    """Lets TensorBoard's own writer write to a run; closing it does not end the run."""

    def __init__(self, events: EventFile) -> None:
        self._events = events

    def emit_scalar(self, *, tag: str, data: Any, step: Any, **_: Any) -> None:
        """Append a scalar."""
        self._events.add(shown.scalar(tag, data.item()), step=int(step))

    def flush(self) -> None:
        """All is flushed already."""

    def close(self) -> None:
        """The writer below never calls it."""


class RunWriter(summary.Writer):  # type: ignore[misc]
    """TensorBoard's own writer for a run, which also tells where other writers find the run."""

    def __init__(self, folder: Path, events: EventFile) -> None:
        super().__init__(RunOutput(events))
        self._folder = folder

    def get_logdir(self) -> str:
        """The run's folder, for such as PyTorch's `SummaryWriter`."""
        return str(self._folder)

    def close(self) -> None:
        """Nothing: the run goes on until its step is over, whoever closes its writer before."""


class Value(NamedTuple):
    """One stored value; which plugin shows it says what it is."""

    when: float
    step: int
    plugin: str
    tag: str
    stored: Any
    """TensorBoard's own message."""


def began(path: Path) -> float:
    """When a file's first event was added, in seconds since 1970; now if it has none yet."""
    return next((event.wall_time for event in _events(path)), time.time())


def values(path: Path) -> Iterator[Value]:
    """What a file holds, in the order in which it was added; nothing if the file is gone."""
    for event in _events(path):
        for value in data_compat.migrate_event(event).summary.value:
            yield Value(event.wall_time, event.step, value.metadata.plugin_data.plugin_name, value.tag, value)


def _events(path: Path) -> Iterator[Any]:
    with suppress(tf.errors.NotFoundError, FileNotFoundError):  # TensorBoard looks first, and opens it then
        yield from LegacyEventFileLoader(str(path)).Load()
