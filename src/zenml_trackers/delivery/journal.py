"""The journal of a run: an append-only file that a call has reached when it returns, whatever the tracker does.

A journal is a folder, its owner's alone:

    journal.json     what is known of the run before its first record, and the version of this form
    records.jsonl    a record a line, in the order of the calls; the number of a record is that of its line
    over             that the run ends: what comes after its end is no part of it
    sender-0.json    which run the first tracker has made of it; `sender-1.json` that of the second
    files/           files and folders that were logged, as they were then

One `write` appends a line, so that a process that is killed leaves whole lines and at most one torn one, which is no
record. Child processes of the step append lines of their own, which name the process. Nothing secret is in a journal:
it names the trackers by their URLs, which hold no credentials.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from zenml_trackers.delivery import copied
from zenml_trackers.delivery.budgets import CHUNK
from zenml_trackers.delivery.copied import LeftOut
from zenml_trackers.delivery.lines import line_of
from zenml_trackers.model.records import Logged, Record, RunSpec

VERSION = 1
HEADER, RECORDS, FILES, SENDER, OVER = "journal.json", "records.jsonl", "files", "sender-{}.json", "over"
UNSEEN = "."
"""How the name of a folder begins that is no journal yet."""
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
CLOSED = -1
"""In the place of a file's number."""


class Header(Record):
    """What a journal is about."""

    version: int = VERSION
    trackers: tuple[str, ...]
    """The URLs of the trackers that the run is for, without credentials."""
    component: str | None = None
    """The id of ZenML's component, which knows the credentials; None outside of ZenML."""
    tracker: str = ""
    """What `get_run(name)` calls the run: the component's name, or that of the backend outside of ZenML."""
    spec: RunSpec
    parents: tuple[str | None, ...] = ()
    """The id of the run that this one is nested in, in each of the trackers; nothing if it is in none."""
    backend: str = ""
    """What the run calls its tracker, for child processes."""
    strict: bool = False
    """Whether trouble is an error, for child processes."""

    def spec_for(self, tracker: int) -> RunSpec:
        """What one of the trackers is to know of the run."""
        return self.spec.model_copy(update={"parent": self.parents[tracker] if self.parents else None})


class Folder:
    """What is in a journal beside its records."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take_in(self, path: Path) -> tuple[Path, list[LeftOut]]:
        """Keep a file or folder as it is now; where it is kept, and what of it could not be.

        It is copied, since a link would follow what is written into it later.

        Raises:
            OSError: It can't be read, or not be kept.
        """
        kept = self.new_file(path.name)
        return kept, copied.copy(path, kept, self.folder.parent)

    def new_file(self, name: str) -> Path:
        """Where a file of that name can be written, which is then one of the journal's.

        Raises:
            OSError: The journal is gone, or its disk is full.
        """
        files = self.folder / FILES
        files.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        folder = files / uuid4().hex
        folder.mkdir(mode=PRIVATE_FOLDER)
        return folder / (name or "_")

    def noted(self, sender: int) -> dict[str, Any]:
        """What that sender noted last; empty if nothing."""
        try:
            return dict(json.loads((self.folder / SENDER.format(sender)).read_bytes()))
        except (OSError, ValueError):
            return {}

    @property
    def is_over(self) -> bool:
        """Whether the run ends, or has ended."""
        return (self.folder / OVER).exists()


class Journal(Folder):
    """One run's journal, open for appending, and held: nobody else delivers it meanwhile."""

    def __init__(self, folder: Path) -> None:
        """One that is there.

        Args:
            folder: The journal's own.

        Raises:
            OSError: It can't be read, or written to; a `BlockingIOError` if somebody else holds it.
            ValueError: It is no journal, or of a later version.
        """
        super().__init__(folder)
        self.header = read_header(folder)
        self._file = os.open(folder / RECORDS, os.O_RDWR | os.O_APPEND)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(self._file).st_nlink == 0:
                raise FileNotFoundError(f"{folder} was delivered meanwhile")
            self._torn = _is_torn(self._file)
        except OSError:
            os.close(self._file)
            raise
        _open.add(self)

    @classmethod
    def begin(cls, root: Path, header: Header) -> Journal:
        """A new one, in a folder of its own below `root`, which is made if need be.

        Raises:
            OSError: It can't be made.
        """
        root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        now = time.time_ns()
        name = f"{now}-{uuid4().hex[:8]}"
        spec = header.spec.model_copy(update={"started": header.spec.started or now / 1e9})
        unseen = root / f"{UNSEEN}{name}"  # until it is held: somebody else would deliver it
        unseen.mkdir(mode=PRIVATE_FOLDER)
        _write(unseen / HEADER, header.model_copy(update={"spec": spec}).model_dump(mode="python"))
        (unseen / RECORDS).touch(mode=PRIVATE_FILE)
        journal = cls(unseen)
        journal.folder = unseen.rename(root / name)
        return journal

    def append(self, kind: type[Logged], fields: Mapping[str, Any]) -> None:
        """Add a record; it outlives this process when the call returns.

        Raises:
            OSError: The disk is full, or gone.
            TypeError: It holds what JSON does not; values are converted before.
        """
        line = line_of(kind, fields)
        if self._torn:
            line = b"\n" + line
        written = os.write(self._file, line)
        self._torn = written < len(line)
        if self._torn:
            raise OSError(f"the disk of {self.folder} is full")

    def note(self, sender: int, facts: Mapping[str, Any]) -> None:
        """Keep what a sender has to know if another process goes on with its work."""
        _write(self.folder / SENDER.format(sender), facts)

    def announce_end(self) -> None:
        """Have child processes look whether what they append comes too late."""
        with suppress(OSError):
            (self.folder / OVER).touch(mode=PRIVATE_FILE)

    def read(self, size: int, offset: int) -> bytes:
        """Bytes of the records, for a cursor."""
        return os.pread(self._file, size, offset)

    def reach(self) -> int:
        """How many bytes the whole records have that are there now.

        Raises:
            OSError: The journal was let go of.
        """
        size = os.fstat(self._file).st_size
        tail = self.read(CHUNK, max(0, size - CHUNK))
        return size - len(tail) + tail.rfind(b"\n") + 1

    @property
    def changed(self) -> float:
        """When something was logged last, in seconds since 1970."""
        return os.fstat(self._file).st_mtime

    def flush(self) -> None:
        """Have what was appended outlive the machine too; takes as long as the disk."""
        with suppress(OSError):
            os.fsync(self._file)

    def close(self) -> None:
        """Let go of it; what it holds stays."""
        _open.discard(self)
        file, self._file = self._file, CLOSED
        if file != CLOSED:
            os.close(file)

    def delete(self) -> None:
        """Take it away, and only then let go of it: all of it was delivered."""
        with suppress(OSError):
            (self.folder / RECORDS).unlink()  # before the mark that the run is over
        shutil.rmtree(self.folder, ignore_errors=True)
        self.close()


def read_header(folder: Path) -> Header:
    """What a journal is about.

    Raises:
        OSError: It can't be read.
        ValueError: It is no journal, or of a later version.
    """
    text = (folder / HEADER).read_bytes()
    try:
        fields = dict(json.loads(text))
        later = fields.get("version", VERSION) > VERSION  # whose form may be another one
        header = None if later else Header(**fields)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{folder} is not the journal of a run.") from error
    if header is None:
        raise ValueError(f"{folder} was made by a later release of zenml-trackers; update it here.")
    return header


def _is_torn(file: int) -> bool:
    size = os.fstat(file).st_size
    return size > 0 and os.pread(file, 1, size - 1) != b"\n"


def _write(file: Path, content: Mapping[str, Any]) -> None:
    """Whoever reads it finds all of it, or what was there before."""
    new = file.with_suffix(".new")
    with open(new, "w", encoding="utf-8", opener=_private) as opened:
        json.dump(content, opened, separators=(",", ":"))
    new.replace(file)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, PRIVATE_FILE)


_open: set[Journal] = set()


def _forget() -> None:
    """In a forked process: a journal that it kept open would seem to be in use for as long as it lives."""
    for journal in list(_open):
        journal.close()


os.register_at_fork(after_in_child=_forget)
