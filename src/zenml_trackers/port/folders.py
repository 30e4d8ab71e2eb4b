"""Folders for projects and runs, whatever these are called."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from zenml_trackers.errors import InvalidUrl, TrackerUnreachable
from zenml_trackers.model.naming import Names
from zenml_trackers.model.url import TrackerUrl

REFUSED = r"[^\w. ()+=,@-]|^[. ]|[. ]$"
"""What some system does not take in a file's name, or takes for something else."""
LONGEST = 60
"""Characters; in UTF-8 they may be four bytes each, and 255 bytes is what systems take."""
UNFINISHED = ".unfinished-"
"""How the name of a copy begins that is being made, or that nobody finished; `folder_name` gives no such name."""


def folder_of(url: TrackerUrl) -> Path:
    """The folder that a URL names, which has no host and takes no option but `project`.

    Raises:
        InvalidUrl: It names none, or more than that.
    """
    url.need_transport(None)
    url.need_options(())
    if url.host or not url.path:
        write = f"{url.backend}:///runs, or {url.backend}:////data/runs if it is absolute"
        raise InvalidUrl(f"{url.shown} names no folder; write {write}.")
    return Path(url.path).absolute()


def see_writable(folder: Path) -> None:
    """See that the folder can be written to, or made; leaves nothing behind.

    Raises:
        TrackerUnreachable: It can't.
    """
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    with reaching(folder), tempfile.TemporaryFile(dir=existing):
        pass


def folder_name(name: str) -> str:
    """A file's name that stands for `name`: the same each time, and another for each."""
    return Names(REFUSED, LONGEST).stored(name)


def new_folder(parent: Path, name: str) -> Path:
    """A folder that was not there before, called `name` as nearly as can be.

    Raises:
        OSError: It can't be made.
    """
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / folder_name(name)
    try:
        folder.mkdir()
    except FileExistsError:
        folder = folder.with_name(f"{folder.name}-{uuid4().hex[:8]}")
        folder.mkdir()
    return folder


def append(file: BinaryIO, data: bytes) -> None:
    """Append data to an unbuffered file: all of it, or nothing.

    Raises:
        OSError: It can't be, as on a full disk.
    """
    end = file.seek(0, os.SEEK_END)
    try:
        if file.write(data) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError:
        file.truncate(end)
        raise


def keep(path: Path, to: Path) -> None:
    """Copy a file or folder, in the place of an earlier one; only what is whole ever has the name of `to`.

    The copy is made beside it, since a folder that may not be written to can't be moved elsewhere.

    Raises:
        OSError: It can't be read, or not be kept.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    copy, earlier = (to.with_name(f"{UNFINISHED}{uuid4().hex}") for _ in range(2))
    (shutil.copytree if path.is_dir() else shutil.copy2)(path, copy)
    with suppress(FileNotFoundError):
        to.rename(earlier)
    copy.rename(to)
    for left in to.parent.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


def kept(folder: Path) -> list[Path]:
    """What `keep` keeps in a folder."""
    return sorted(path for path in folder.glob("*") if not path.name.startswith(UNFINISHED))


def size(path: Path) -> int:
    """The bytes of a file, or of all files in a folder; what goes away meanwhile has none."""
    found = 0
    for file in _files_in(path) if path.is_dir() else (path,):
        with suppress(OSError):
            found += file.stat().st_size
    return found


def _files_in(folder: Path) -> Iterator[Path]:
    """All of them; unlike `rglob`, this stands that a folder goes away meanwhile."""
    for at, _, files in os.walk(folder):
        yield from (Path(at, name) for name in files)


def last_written(database: Path) -> int:
    """When a SQLite file was written to last, by whatever process, in nanoseconds; 0 if never."""
    written = [database, *(database.with_name(database.name + suffix) for suffix in ("-wal", "-journal"))]
    times = []
    for file in written:
        with suppress(OSError):
            times.append(file.stat().st_mtime_ns)
    return max(times, default=0)


@contextmanager
def reaching(folder: Path) -> Iterator[None]:
    """Have it said which folder failed.

    Raises:
        TrackerUnreachable: The system refused something in the block.
    """
    try:
        yield
    except OSError as error:
        raise TrackerUnreachable(f"The folder {folder} can't be used: {error}.") from error
