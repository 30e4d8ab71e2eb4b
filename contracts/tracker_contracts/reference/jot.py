"""Jot, the smallest library of an experiment tracker: one file of JSON lines for each run.

A record is in the file before the call that logs it returns, so that what was logged outlives the process. While the
file can't be written to, records go to a spool beside the folder, from where `recover` delivers them.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from tracker_contracts.reference.values import Unstorable, label, number, plain, redacted, split

logger = logging.getLogger("jot")

_runs: ContextVar[tuple[Run, ...]] = ContextVar("jot_runs", default=())
"""The runs that are going on in this context; the last is the current one."""


class NoRun(RuntimeError):
    """Nothing is being tracked in this context."""


class Run:
    """A run, and the file that it is written to."""

    def __init__(
        self,
        folder: Path,
        project: str,
        name: str,
        *,
        id: str | None = None,
        hidden: Sequence[str] = (),
        strict: bool = False,
        server: str | None = None,
        held: bool = False,
    ) -> None:
        """Nothing is written yet.

        Args:
            folder: Where all runs are kept.
            project: What the run belongs to.
            name: What the run is called; others may be called the same.
            id: The run that is continued, if one is.
            hidden: What must not be written or said.
            strict: Whether a value that can't be stored is an error.
            server: What shows the folder's runs, if anything does.
            held: Whether its holder alone may end it.
        """
        self.folder, self.project, self.name, self.id = folder, project, name, id or uuid4().hex
        self.hidden, self.strict, self.server, self.held = hidden, strict, server, held
        self.next_step = 0
        self.tags: list[str] = []
        self._lock = threading.RLock()
        self._written, self._spooling = 0, False

    @property
    def file(self) -> Path:
        """What the run is written to."""
        return self.folder / f"{self.id}.jsonl"

    @property
    def url(self) -> str | None:
        """Where a browser shows the run."""
        if self.server is None:
            return self.file.absolute().as_uri()
        return f"{self.server.rstrip('/')}/{quote(self.project, safe='')}/{self.id}"

    def start(self, tags: Iterable[str] = (), **facts: Any) -> None:
        """Write what is known of the run before anything is logged; one that is continued keeps what it has."""
        if self.file.exists():
            self.load()
        self.write("start", name=self.name, project=self.project, **facts)
        self.add_tags(tags)

    def load(self) -> None:
        """Learn from the file how far the run got."""
        for record in map(json.loads, self.file.read_text().splitlines()):
            self._written = record["number"]
            self.tags += record.get("tags", [])
            if record["kind"] == "metrics":
                self.next_step = max(self.next_step, record["step"] + 1)

    def log(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Store numbers at a step, or at the one after the last."""
        values, refused = split(metrics, number)
        with self._lock:
            if values:
                at = self.next_step if step is None else step
                self.next_step = max(self.next_step, at + 1)
                self.write("metrics", step=at, values=values)
        self.refuse(refused)

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Store configuration; a name that is given again has its new value."""
        values, refused = split(params, plain)
        self.write("params", values=values)
        self.refuse(refused)

    def add_tags(self, tags: Iterable[str]) -> None:
        """Add to the tags that the run has; they are a set."""
        good, refused = split({f"tag {tag!r}": tag for tag in tags}, label)
        new = [tag for tag in good.values() if tag not in self.tags]
        self.tags += new
        self.write("tags", tags=new)
        self.refuse(refused)

    def log_artifact(self, path: Path, name: str) -> None:
        """Keep a copy of a file or a folder."""
        copy = shutil.copytree if path.is_dir() else shutil.copyfile
        self.attach("artifact", name, lambda target: copy(path, target))

    def label_artifact(self, name: str, labels: Sequence[str]) -> None:
        """Keep the type and the aliases of an artifact."""
        self.write("labels", name=name, labels=list(labels))

    def log_image(self, name: str, pixels: Any, caption: str = "") -> None:
        """Keep an image: an array of unsigned bytes, shaped (height, width, 3)."""
        height, width, _ = pixels.shape
        image = b"P6 %d %d 255\n" % (width, height) + pixels.tobytes()
        self.attach("image", name, lambda target: target.write_bytes(image), caption=caption)

    def log_table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Keep rows of cells under named columns."""
        self.write("table", name=name, rows=plain([columns, *rows], name))

    def child(self, name: str) -> Run:
        """A run within this one, started now."""
        made = type(self)(self.folder, self.project, name, hidden=self.hidden, server=self.server)
        made.start(parent=self.id)
        return made

    def join(self) -> None:
        """Told when `init` was called while this run is held, as a framework's callback does."""

    def finish(self) -> None:
        """End the run; of one that is held nothing is ended, since its holder knows better how it went."""
        if not self.held:
            self.end("finished")

    def end(self, state: str, **error: str) -> None:
        """Write how the run ended."""
        self.write("end", state=state, **error)

    def write(self, kind: str, **fields: Any) -> None:
        """Append one record; the only way to the file. Each has a number, so that none is delivered twice."""
        with self._lock:
            self._written += 1
            record = {"kind": kind, "at": time.time_ns(), "number": self._written, **fields}
            self.append(json.dumps(redacted(record, self.hidden)))

    def append(self, line: str) -> None:
        """Put one line at the end of the file, or of the spool, once that was needed, to keep the order."""
        try:
            if not self._spooling:
                put(self.file, line)
                return
        except OSError as error:
            self._spooling = True
            self.warn(f"{self.folder} can't be written to ({error.strerror}); run jot.recover() when it can")
        put(spool_of(self.folder) / self.file.name, line)

    def attach(self, kind: str, name: str, save: Callable[[Path], Any], **about: Any) -> None:
        """Let `save` make a file or folder beside the run's own file, and note it there."""
        target = self.folder / f"{self.id}-{uuid4().hex}"
        try:
            save(target)
        except OSError as error:
            self.warn(f"the {kind} {name!r} can't be kept ({error.strerror})")
        else:
            self.write(kind, name=name, file=target.name, **about)

    def warn(self, text: str) -> None:
        """Say what is wrong: it is no reason to stop what is being tracked."""
        logger.warning("%s: %s.", self.name, redacted(text, self.hidden))

    def refuse(self, errors: Sequence[Unstorable]) -> None:
        """Say what could not be stored; if strict, raise it."""
        for error in errors:
            if self.strict:
                raise error
            self.warn(f"{error}; the rest is stored")


class Unkept(Run):
    """A run that goes nowhere, for a step whose tracker can't be reached."""

    @property
    def url(self) -> None:
        """Nothing is there to be seen."""
        return None

    def write(self, kind: str, **fields: Any) -> None:
        """Drop it."""

    def attach(self, kind: str, name: str, save: Callable[[Path], Any], **about: Any) -> None:
        """Drop it."""


def current() -> Run:
    """The run of this context.

    Raises:
        NoRun: There is none.
    """
    if not _runs.get():
        raise NoRun("call jot.init() first, or name the tracker in @step(experiment_tracker=...)")
    return _runs.get()[-1]


def enter(run: Run) -> None:
    """Make a run the current one of this context."""
    _runs.set((*_runs.get(), run))


def leave(run: Run) -> None:
    """Undo `enter`, whatever came and went meanwhile."""
    _runs.set(tuple(other for other in _runs.get() if other is not run))


def forget() -> None:
    """Leave all runs of this context."""
    _runs.set(())


def init(folder: Path, project: str, name: str) -> Run:
    """Start a run, or join the one that is held in this context."""
    if _runs.get() and current().held:
        current().join()
        return current()
    run = Run(folder, project, name)
    run.start()
    enter(run)
    return run


def finish() -> None:
    """End the current run."""
    run = current()
    run.finish()
    if not run.held:
        leave(run)


def recover(folder: Path) -> None:
    """Deliver what could not be written to the folder; what is there already is not written again."""
    for spooled in spool_of(folder).glob("*.jsonl"):
        file = folder / spooled.name
        delivered = file.read_text().splitlines() if file.exists() else []
        for line in spooled.read_text().splitlines():
            if line not in delivered:
                put(file, line)
        spooled.unlink()


def spool_of(folder: Path) -> Path:
    """Where lines wait that can't be written to the folder."""
    return folder.with_name(folder.name + ".spool")


def put(file: Path, line: str) -> None:
    """Append a line, all of it or nothing; it is out of this process when the call returns."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(file, "ab", buffering=0, opener=private) as opened:
        before, left = opened.tell(), f"{line}\n".encode()
        try:
            while left:
                left = left[opened.write(left) :]
        except OSError:
            opened.truncate(before)
            raise


def private(file: str, flags: int) -> int:
    """Open a file that nobody else may read."""
    return os.open(file, flags, 0o600)
