"""Runs many cells: builds an environment for each, and has the cell tried in it; one that fails stops no other."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from tracker_contracts.matrix.cell import command, today
from tracker_contracts.matrix.digest import digest, of_installed, of_wheel
from tracker_contracts.matrix.environments import OWN, Builder, NotBuilt, build_wheels, need_python, neutral, own_source
from tracker_contracts.matrix.model import PYTHON, Cell, CellReport, State, file_in, read
from tracker_contracts.matrix.versions import Versions, root_of

PATIENCE = 1200.0
"""Seconds that a cell may take; an ordinary one takes about 100."""
GRACE = 20.0
"""Seconds that an interrupted cell has to stop what it started."""
SHOWN = 3000
"""Characters of what a cell printed last that left no report."""


@dataclass(frozen=True)
class Told:
    """A cell, and what became of it."""

    report: CellReport
    again: bool = False
    """Whether it is an earlier report of the same code."""


class Runner:
    """Cells of one list, with the packages as they are now; a context, in which their wheels are there."""

    def __init__(self, versions: Versions, file: Path, reports: Path) -> None:
        """Take the list, the file that it is from, and the folder of the reports."""
        self._versions, self._file, self._reports = versions, file.resolve(), reports.resolve()
        self._root = root_of(versions, file)
        self._running = _Running()

    def __enter__(self) -> Runner:
        """Build the wheels.

        Raises:
            NotBuilt: One can't be built.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="tracker-contracts-"))
        try:
            wheels = build_wheels(self._versions, self._root, self._folder / "wheels")
        except BaseException:
            self.__exit__()
            raise
        self._builder = Builder(self._versions, wheels)
        own = of_installed(OWN) if isinstance(own_source(self._versions), str) else ()
        self._code = [*(line for wheel in wheels for line in of_wheel(wheel)), *own]
        return self

    def __exit__(self, *error: object) -> None:
        """Stop what is running, and take all environments away."""
        self._running.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, cells: Sequence[Cell], workers: int, again: bool) -> Iterator[Told]:
        """Have each cell tried, and tell of it as soon as it is done.

        Args:
            cells: The cells.
            workers: How many are tried at the same time.
            again: Whether also those are tried whose report is there, of the same code.

        Raises:
            NotBuilt: This machine lacks a Python; nothing was tried.
        """
        due = []
        for cell in cells:
            known = None if again else self._known(cell)
            if known is None:
                due.append(cell)
            else:
                yield Told(known, again=True)
        for python in sorted({cell[PYTHON] for cell in due}):
            need_python(python)
        with ThreadPoolExecutor(workers) as pool:
            futures = [pool.submit(self._try, cell) for cell in due]
            try:
                yield from (Told(future.result()) for future in as_completed(futures))
            finally:
                self._running.stop()
                pool.shutdown(cancel_futures=True)

    def _known(self, cell: Cell) -> CellReport | None:
        """The cell's report, if it ran with this very code."""
        try:
            known = read(file_in(self._reports, cell))
        except (OSError, ValueError):
            return None
        same = (known.cell, known.code, known.state) == (cell, self._digest(cell), State.RAN)
        return known if same else None

    def _try(self, cell: Cell) -> CellReport:
        """The cell's report, stored; an interrupted cell has none, so that it is tried the next time."""
        folder = self._folder / cell.name
        try:
            report = self._tried(cell, self._builder.build(cell, folder))
        except NotBuilt as error:
            report = self._without_verdict(cell, State.NOT_INSTALLED, str(error))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if not self._running.stopped:
            report.write(self._reports)
        return report

    def _tried(self, cell: Cell, scripts: Path) -> CellReport:
        """The report that the cell's own process writes; or, if it leaves none, one that says so."""
        own = self._folder / cell.name / "reports"
        where = ("--versions", str(self._file), "--reports", str(own))
        printed = self._running.wait_for([str(scripts / "tracker-contracts"), "matrix", "--cell", cell.name, *where])
        written = file_in(own, cell)
        return read(written) if written.exists() else self._without_verdict(cell, State.CRASHED, printed[-SHOWN:])

    def _without_verdict(self, cell: Cell, state: State, error: str) -> CellReport:
        return CellReport(
            cell=cell,
            code=self._digest(cell),
            date=today(),
            state=state,
            error=error,
            seconds=0,
            command=command(self._versions, cell),
        )

    def _digest(self, cell: Cell) -> str:
        return digest(self._versions, self._root, cell, self._code)


@dataclass
class _Running:
    """The cells' processes, so that all of them can be stopped."""

    processes: set[subprocess.Popen[str]] = field(default_factory=set)
    stopped: bool = False
    lock: Lock = field(default_factory=Lock)

    def wait_for(self, command: list[str]) -> str:
        """What the command printed, however it ended."""
        if (process := self._start(command)) is None:
            return ""
        try:
            return process.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            _kill_late(process)
            return f"it did not end within {PATIENCE:.0f} s\n{process.communicate()[0]}"
        finally:
            self.processes.discard(process)

    def stop(self) -> None:
        """End all, and start no other."""
        with self.lock:
            self.stopped = True
            running = list(self.processes)
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            _kill_late(process)

    def _start(self, command: list[str]) -> subprocess.Popen[str] | None:
        with self.lock:
            if self.stopped:
                return None
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                errors="replace",
                env=dict(neutral()),
                start_new_session=True,
            )
            self.processes.add(process)
            return process


def _kill_late(process: subprocess.Popen[str]) -> None:
    """It was told to end, and may take a while to stop what it started."""
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
