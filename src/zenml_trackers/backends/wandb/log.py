"""Reading the transaction log of a run, which W&B writes in the run's folder and uploads from there.

The framing is that of LevelDB's logs: blocks of 32 KiB, a header before each part, and records that may go on in the
next block. The records are W&B's own messages (seen in W&B 0.31).
"""

from __future__ import annotations

import shlex
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from zenml_trackers.errors import TrackerUnreachable

BLOCK = 32 * 1024
PREAMBLE = 7
HEADER = struct.Struct("<IHB")
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4
PATIENCE = 30.0
"""Seconds that W&B's own process may take to write what it was given."""


def links(folder: Path) -> dict[str, str]:
    """The command that shows the run in a folder."""
    return {"show_command": f"wandb leet {shlex.quote(str(folder))}"}


def records(file: Path, start: int = 0) -> Iterator[Any]:
    """The records from the block at `start` on, as far as they are whole."""
    from wandb.proto.wandb_internal_pb2 import Record

    begun: bytes | None = None
    for kind, part in _parts(file, start):
        if kind in (WHOLE, FIRST):
            begun = part
        elif begun is not None:
            begun += part
        if kind in (WHOLE, LAST) and begun is not None:
            yield Record.FromString(begun)


def _parts(file: Path, start: int) -> Iterator[tuple[int, bytes]]:
    with file.open("rb") as stream:
        stream.seek(start)
        skipped = 0 if start else PREAMBLE
        while block := stream.read(BLOCK):
            at, skipped = skipped, 0
            while at + HEADER.size <= len(block):
                check, length, kind = HEADER.unpack_from(block, at)
                at += HEADER.size + length
                part = block[at - length : at]
                if at > len(block) or zlib.crc32(part, zlib.crc32(bytes([kind]))) != check:
                    return  # it is being written, or never was
                yield kind, part


def wait_for_run(file: Path) -> None:
    """Wait until the log has the record of its run; W&B's own process writes it, and answers before.

    With much metadata, it goes over several blocks.

    Raises:
        TrackerUnreachable: It took too long.
    """
    _wait(file, lambda: _has(file, "run", 0))


def wait_for_exit(file: Path) -> None:
    """Wait until the log has the record of how its run ended, which is small, and near the end.

    Raises:
        TrackerUnreachable: It took too long.
    """
    _wait(file, lambda: _has(file, "exit", max(file.stat().st_size // BLOCK - 1, 0) * BLOCK))


def _wait(file: Path, is_written: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not (file.exists() and is_written()):
        if time.monotonic() > until:
            raise TrackerUnreachable(f"W&B's process has not written the run to {file} within {PATIENCE:.0f} s")
        time.sleep(0.005)


def _has(file: Path, kind: str, start: int) -> bool:
    return any(record.HasField(kind) for record in records(file, start))
