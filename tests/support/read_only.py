"""A folder that nobody can write to, root neither."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """Make the folder, and leave it so for the block."""
    folder.mkdir()
    undo = _mounted(folder) if os.geteuid() == 0 else _without_the_right(folder)
    try:
        yield folder
    finally:
        undo()


def _without_the_right(folder: Path) -> Callable[[], object]:
    folder.chmod(0o500)
    return lambda: folder.chmod(0o700)


def _mounted(folder: Path) -> Callable[[], object]:
    """Root may write wherever the file system lets it."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", str(folder)]).returncode:
        pytest.skip("root may write to each folder, and can't mount one here")
    return lambda: subprocess.run(["umount", "--lazy", str(folder)], check=True)
