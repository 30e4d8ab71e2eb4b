"""A small file system in the place of a tracker's folder, so that it can be full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path

SIZE = 64 * 2**20
"""Bytes; what any library has to make for its first run must fit in."""
PIECES = (2**20, 2**12, 1)
"""Bytes written at a time, until not even one finds room."""


def can_be_mounted() -> bool:
    """Whether this process may mount a file system of its own: on Linux, as root."""
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def mounted(folder: Path) -> Iterator[bool]:
    """A file system in memory in the folder's place; whether it could be mounted, and nothing was there before.

    A library that has files open in the folder would go on writing to those.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        yield False
        return
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "none", str(folder)]
    if subprocess.run(command, capture_output=True).returncode:  # root in a container may not be allowed to
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """No room for one byte more in the folder's file system."""
    filler = folder / ".filler"
    with filler.open("wb", buffering=0) as file:
        for size in PIECES:
            _fill(file, bytes(size))
    try:
        yield
    finally:
        filler.unlink()


def _fill(file: FileIO, piece: bytes) -> None:
    with suppress(OSError):  # no space is left, as it should be
        while file.write(piece) == len(piece):
            pass
