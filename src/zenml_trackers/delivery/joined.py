"""The run of a step in the processes that the step starts, forked or spawned: what they log goes into its journal.

Such a process only appends: it neither begins nor ends the run, delivers nothing, and deletes nothing. It has to be on
the machine of the step, since it writes to the same file.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from zenml_trackers.delivery import active, budgets
from zenml_trackers.delivery.files import taken_in
from zenml_trackers.delivery.journal import CLOSED, RECORDS, Folder, read_header
from zenml_trackers.delivery.lines import END, line_of
from zenml_trackers.delivery.rows import PROCESS, RANK
from zenml_trackers.delivery.together import together
from zenml_trackers.errors import NoActiveRun, RunEnded, TrackerUnreachable, UnstorableValue, UnsupportedFeature
from zenml_trackers.losses import Redactor, Reporter
from zenml_trackers.model.records import Feature, Logged
from zenml_trackers.port.inert import Inert
from zenml_trackers.run import Run
from zenml_trackers.run.artifacts import Wanted

logger = logging.getLogger("zenml_trackers")

OVER = "the run is over, in the process that it belongs to"


class JoinedJournal(Folder):
    """A journal that the step's process holds, open for appending; a thread at a time uses it."""

    def __init__(self, folder: Path) -> None:
        """Nothing is opened yet: most processes log nothing."""
        super().__init__(folder)
        self._file = CLOSED
        self._whole = 0
        """Bytes in which the end of the run is not."""
        self._late = False
        self._mark: dict[str, int] = {}

    def append(self, kind: type[Logged], fields: Mapping[str, Any]) -> None:
        """Add a record, as one that this process logged.

        Raises:
            RunEnded: It comes too late.
            OSError: The disk is full, or gone.
        """
        self.need_going_on()
        line = line_of(kind, {**self._mark, **fields})
        if os.write(self._file, line) < len(line):
            raise OSError(f"the disk of {self.folder} is full")
        self._see_that_it_counts(os.lseek(self._file, 0, os.SEEK_CUR))

    def need_going_on(self) -> None:
        """See that the run is not over.

        Raises:
            RunEnded: It is.
            OSError: The journal can't be opened.
        """
        if self._file == CLOSED and not self._late:
            self._open()
        if self._late:
            raise RunEnded(OVER)

    def _open(self) -> None:
        try:
            self._file = os.open(self.folder / RECORDS, os.O_RDWR | os.O_APPEND)
        except FileNotFoundError:
            self._late = True
            return
        self._whole = os.fstat(self._file).st_size
        self._late = self.is_over
        self._mark = {PROCESS: os.getpid(), **_rank()}

    def _see_that_it_counts(self, after: int) -> None:
        """Look after the writing, so that no end comes in between.

        The mark is made before the end is appended, and taken away after the file.
        """
        if not self.is_over and os.fstat(self._file).st_nlink > 0:
            self._whole = after
            return
        self._late = True
        if not self._is_followed_by_end(after):
            raise RunEnded(OVER)

    def _is_followed_by_end(self, after: int) -> bool:
        """Whether the end of the run comes after that; it may be about to be appended."""
        until = time.monotonic() + budgets.ANNOUNCED
        while (end := self._end()) < 0 and time.monotonic() < until:
            time.sleep(budgets.ANNOUNCED / 10)
        return end >= after - 1

    def _end(self) -> int:
        """Where the line break before the end is; -1 if there is none."""
        offset = max(0, self._whole - 1)
        while data := os.pread(self._file, budgets.CHUNK, offset):
            if (found := data.find(END)) >= 0:
                return offset + found
            offset += max(1, len(data) - len(END)) if len(data) == budgets.CHUNK else len(data)
        return -1

    def __del__(self) -> None:
        if self._file != CLOSED:
            os.close(self._file)


class Away(Inert):
    """In the place of a library's run, which no two processes can use: what a call is given is lost, with a warning."""

    _said: ClassVar[set[str]] = set()

    def __init__(self, called: str = "") -> None:
        self._called = called

    @classmethod
    def forget(cls) -> None:
        """In another process, warn of all anew."""
        cls._said.clear()

    def __getattr__(self, name: str) -> Away:
        if name.startswith("__"):
            raise AttributeError(name)
        return Away(f"{self._called}.{name}".lstrip("."))

    def __call__(self, *args: Any, **kwargs: Any) -> None:
        """Warn, once of each method."""
        self._refuse(f"{self._called}()")

    def __setitem__(self, key: str, value: Any) -> None:
        self._refuse(f"{self._called}[{key!r}]")

    def _refuse(self, what: str) -> None:
        if what not in self._said:
            self._said.add(what)
            told = "%s of the library's own run was used in a child process of the step; what it was given is lost."
            logger.warning(f"{told} The methods of get_run() can be used there.", what)


class JoinedRecording:
    """A run, as its recorder in another process than its own: what is known of it there is in its journal."""

    native: Any = Away()

    def __init__(self, folder: Path) -> None:
        self._journal = JoinedJournal(folder)

    @property
    def id(self) -> str:
        """The first tracker's own; empty if it had none yet."""
        return str(self._journal.noted(0).get("run_id", ""))

    @property
    def name(self) -> str:
        """As the first tracker has it."""
        return str(self._journal.noted(0).get("name", ""))

    @property
    def links(self) -> dict[str, str]:
        """Those of the first tracker."""
        return dict(self._journal.noted(0).get("links", {}))

    def taken_in(self, kind: type[Logged], fields: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Exception]]:
        """The record's fields, with files and pictures as the journal keeps them from now on; and what they lost.

        Raises:
            RunEnded: The run is over.
            UnstorableValue: What was given can't be read, or kept; the message names it.
        """
        try:
            self._journal.need_going_on()
            return taken_in(self._journal, kind, fields)
        except UnstorableValue:
            if not self._journal.folder.exists():
                raise RunEnded(OVER) from None
            raise

    def add(self, kind: type[Logged], fields: Mapping[str, Any]) -> None:
        """Put a record into the journal.

        Raises:
            RunEnded: It comes too late.
            TrackerUnreachable: The journal can't be written to.
        """
        try:
            self._journal.append(kind, fields)
        except OSError as error:
            raise TrackerUnreachable(f"the journal can't be written to: {error}") from error

    def flush(self, seconds: float) -> bool:
        """Say at once that it is not known: the run's own process delivers."""
        return False

    def child(self, own: Mapping[str, Any], /) -> NoReturn:
        """None here.

        Raises:
            UnsupportedFeature: Always.
        """
        raise UnsupportedFeature("A child run is begun in the step's own process, and not in one that it starts.")

    def fetched(self, wanted: Wanted, to: Path | None) -> NoReturn:
        """None here.

        Raises:
            UnsupportedFeature: Always.
        """
        raise UnsupportedFeature(
            "use_artifact() works in the step's own process, and not in one that it starts; pass the path to that."
        )

    def passed_on(self) -> tuple[Callable[[str], Run], tuple[str]]:
        """What gives the run in a process that it is sent to."""
        return run_in, (str(self._journal.folder),)


def runs_of_parent() -> list[active.Entry]:
    """The runs of the step that started this process, as `active.VARIABLE` names them; none without the variable.

    Raises:
        NoActiveRun: The run is over.
    """
    named = os.environ.get(active.VARIABLE)
    return _runs_in(named) if named else []


def run_in(journals: str) -> Run:
    """The run of a journal, or of several as one, in this process or one that it is passed to.

    Raises:
        NoActiveRun: It is over.
    """
    return together(_runs_in(journals))


def _runs_in(journals: str) -> list[active.Entry]:
    """Each of the journals that are named; a folder's name may have in it what else stands between two."""
    return [_run_in(each) for each in ([journals] if os.path.isdir(journals) else journals.split(os.pathsep))]


def _run_in(journal: str) -> active.Entry:
    for entry in active.entries():
        if str(entry.journal) == journal:
            return entry
    if journal not in _runs:
        made = _opened(Path(journal))
        return _runs.setdefault(journal, made)
    return _runs[journal]


def _opened(folder: Path) -> active.Entry:
    try:
        header = read_header(folder)
    except (OSError, ValueError) as error:
        why = "is over" if isinstance(error, FileNotFoundError) else f"can't be logged to ({error})"
        raise NoActiveRun(f"The run of the process that started this one {why}; its journal is {folder}.") from error
    recording = JoinedRecording(folder)
    reporter = Reporter(f"run {header.spec.name!r}", Redactor(), header.strict)
    run = Run(header.backend, header.spec.project, recording, reporter)
    run.features = _features(folder, len(header.trackers)) or run.features
    run.go_on_in_process(recording)
    return active.Entry(str(folder), run, folder, os.getpid(), tracker=header.tracker or header.backend)


def _features(folder: Path, trackers: int) -> frozenset[Feature]:
    """Those of all trackers together, as far as they are known."""
    noted = map(Folder(folder).noted, range(trackers))
    return frozenset(Feature(name) for each in noted for name in each.get("features", ()))


_runs: dict[str, active.Entry] = {}
"""Those of other processes, by their journals."""


def _rank() -> dict[str, int]:
    """What `torchrun` and its like call this process."""
    rank = os.environ.get("RANK", "")
    return {RANK: int(rank)} if rank.isdecimal() else {}


def _go_on() -> None:
    """In a forked process: each run goes on with locks that nobody holds, and a file that is its own."""
    Away.forget()
    for entry in [*active.entries(), *_runs.values()]:
        if entry.journal is not None:
            entry.run.go_on_in_process(JoinedRecording(entry.journal))


os.register_at_fork(after_in_child=_go_on)
