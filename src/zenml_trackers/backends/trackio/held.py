"""A connection to an SQLite file that is kept for as long as nobody else touches the file.

To open a file for each use costs more than the use, and whoever closes it last waits for the disk. Who keeps it open
does not see that others damage it or put another one in its place, so its looks are compared before each use.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

File = tuple[int, int]
"""Which one it is, whatever has its name later: the numbers of its device and of its inode."""
Looks = tuple[int, int, int, int]
"""What changes when anybody writes to the file itself: which one it is, its size and its time."""


class Held:
    """At most one connection to a file. For one thread at a time."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened yet.

        Args:
            path: The file.
        """
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._looks: Looks | None = None
        self._files: tuple[File | None, File | None] = (None, None)
        self._process = 0
        self._locks_others_out = False

    @contextmanager
    def connected(self, make: Callable[[], sqlite3.Connection]) -> Iterator[sqlite3.Connection]:
        """The connection that is kept, or a new one: if there is none, or the file was touched.

        Args:
            make: Opens the file.

        Raises:
            sqlite3.Error: The file is none of SQLite's any more, or what `make` and the use raise.
        """
        if self._connection is None or self._looks != _looks(self._path) or self._process != os.getpid():
            self._renew(make)
        assert self._connection is not None
        try:
            yield self._connection
        except sqlite3.Error:
            self.close()
            raise
        self._remember()
        if self._locks_others_out:
            self.close()

    def _renew(self, make: Callable[[], sqlite3.Connection]) -> None:
        try:
            _need_database(self._path)
        except sqlite3.Error:
            self._abandon()  # to close it would store what it knows over the damage
            raise
        self.close()
        self._connection, self._process = make(), os.getpid()
        # Trackio can be told to have it so that nobody else can use the file while it is open
        self._locks_others_out = self._connection.execute("PRAGMA locking_mode").fetchone()[0] != "normal"
        self._remember()

    def close(self) -> None:
        """Let go of the file."""
        if self._process != os.getpid() or not self._is_still_there():
            self._abandon()
        elif self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    __del__ = close  # of a run that nobody waited for

    def _abandon(self) -> None:
        """Never close it, nor does Python when it ends: SQLite would delete, by its name, the log of another file.

        In a forked child it is the parent's.
        """
        if self._connection is not None:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._connection))
            self._connection = None

    def _remember(self) -> None:
        self._looks = _looks(self._path)
        self._files = self._looks and self._looks[:2], file_at(_log_of(self._path))

    def _is_still_there(self) -> bool:
        file, log = self._files
        return file_at(self._path) == file and log in (None, file_at(_log_of(self._path)))


def file_at(path: Path) -> File | None:
    """Which file is there; None if there is none."""
    looks = _looks(path)
    return looks and looks[:2]


def _looks(path: Path) -> Looks | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns


def _log_of(path: Path) -> Path:
    """SQLite's write-ahead log of a file."""
    return path.with_name(f"{path.name}-wal")


def _need_database(path: Path) -> None:
    """Raise SQLite's error if the file itself is none of SQLite's, whatever a log beside it says.

    By SQLite's own means: to open and close the file otherwise takes away the locks that this process has on it. A file
    that is only incomplete, as on a full disk, is whole together with its log.
    """
    if file_at(path) is None:
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as file_alone:
        try:
            file_alone.execute("PRAGMA schema_version")
        except sqlite3.DatabaseError as error:
            if "not a database" in str(error):
                raise
