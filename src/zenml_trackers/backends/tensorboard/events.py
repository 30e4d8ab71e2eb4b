"""TensorBoard's event files, written and read."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from tensorboard import data_compat, summary
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import CRC_TABLE, masked_crc32c

from zenml_trackers.backends.tensorboard import shown
from zenml_trackers.port import folders

VERSION = "brain.Event:2"
HEAD, CHECKSUM = struct.Struct("<Q"), struct.Struct("<I")
"""Before each event: its length; after both: a checksum."""
SHORT = 1000
"""Bytes of an event whose checksum is worth being computed together with others."""
TABLE = numpy.array(CRC_TABLE, "uint32")


def event(when: float, step: int, *values: Any) -> bytes:
    """Values that belong to one step."""
    return bytes(Event(wall_time=when, step=step, summary=Summary(value=values)).SerializeToString())


class EventFile:
    """A new event file. What was appended has reached it when the call returns; threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.Lock()
        path.touch(exist_ok=False)
        self.append([Event(wall_time=time.time(), file_version=VERSION).SerializeToString()])

    def append(self, events: Sequence[bytes]) -> None:
        """Append events, all of them or none: a part of one would hide what follows.

        Raises:
            OSError: They can't be written.
        """
        heads = [HEAD.pack(len(each)) for each in events]
        parts = zip(heads, _checksums(heads), events, _checksums(events), strict=True)
        with self._writing, self._path.open("r+b", buffering=0) as file:
            folders.append(file, b"".join(part for record in parts for part in record))


def _checksums(pieces: Sequence[bytes]) -> list[bytes]:
    """All at once, as far as that pays: in Python, going through each byte of each takes longer than all else."""
    together = iter(_together([each for each in pieces if len(each) <= SHORT]))
    return [CHECKSUM.pack(next(together) if len(each) <= SHORT else masked_crc32c(each)) for each in pieces]


def _together(pieces: Sequence[bytes]) -> list[int]:
    """The masked CRC-32C of each. Zeros before change none that begins with 0, as it does with four bytes inverted."""
    longest = max(map(len, pieces), default=0)
    padded = b"".join(each.rjust(longest, b"\0") for each in pieces)
    table = numpy.frombuffer(padded, "uint8").reshape(len(pieces), longest).copy()
    for row, each in enumerate(pieces):
        table[row, longest - len(each) : longest - len(each) + 4] ^= 0xFF
    checksum = numpy.zeros(len(pieces), "uint32")
    for column in numpy.ascontiguousarray(table.T):
        checksum = TABLE[(checksum ^ column) & 0xFF] ^ (checksum >> 8)
    checksum = ~checksum
    masked = ((checksum >> 15) | (checksum << 17)) + numpy.uint32(0xA282EAD8)
    return [int(each) for each in masked]


class RunOutput(summary.Output):  # type: ignore[misc]  # TensorBoard has no types
    """Lets TensorBoard's own writer write to a run; closing it does not end the run."""

    def __init__(self, events: EventFile) -> None:
        self._events = events

    def emit_scalar(self, *, tag: str, data: Any, step: Any, **_: Any) -> None:
        """Append a scalar."""
        self._events.append([event(time.time(), int(step), shown.scalar(tag, data.item()))])

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


def last(path: Path) -> float:
    """When the last of a file's events was added, in seconds since 1970; 0 if it has none yet."""
    return max((event.wall_time for event in _events(path)), default=0.0)


def values(path: Path) -> Iterator[Value]:
    """What a file holds, in the order in which it was added; nothing if the file is gone."""
    for event in _events(path):
        for value in data_compat.migrate_event(event).summary.value:
            yield Value(event.wall_time, event.step, value.metadata.plugin_data.plugin_name, value.tag, value)


def _events(path: Path) -> Iterator[Any]:
    """As far as they are whole: a process that is killed may leave a part of the last."""
    with suppress(FileNotFoundError, DecodeError), path.open("rb") as file:
        while len(head := file.read(HEAD.size + CHECKSUM.size)) == HEAD.size + CHECKSUM.size:
            (length,) = HEAD.unpack_from(head)
            if CHECKSUM.pack(masked_crc32c(head[: HEAD.size])) != head[HEAD.size :]:
                return
            content = file.read(length + CHECKSUM.size)
            if len(content) < length + CHECKSUM.size:
                return
            yield Event.FromString(content[:length])
