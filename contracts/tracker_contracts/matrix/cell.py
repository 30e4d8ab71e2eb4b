"""Tries one cell in the environment that this process runs in: the one place where that is done, whoever built it."""

from __future__ import annotations

import datetime
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.version import Version

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.engine.check import check
from tracker_contracts.engine.examiner import Examiner
from tracker_contracts.engine.progress import Told
from tracker_contracts.harness import HarnessBroken
from tracker_contracts.matrix.digest import digest, of_installed
from tracker_contracts.matrix.environments import OWN
from tracker_contracts.matrix.model import PYTHON, BlockReport, Cell, CellReport, State, shortened
from tracker_contracts.matrix.reading import follow
from tracker_contracts.matrix.versions import Contract, Versions
from tracker_contracts.profiles import PROFILES
from tracker_contracts.report.report import Report

RUN = "tracker-contracts matrix --run"


class WrongEnvironment(Exception):
    """This environment is not the cell's; the message says what to do."""


def installed(versions: Versions) -> Cell:
    """The cell that this very environment is.

    Raises:
        WrongEnvironment: It is none, since it lacks a package.
    """
    try:
        found = {package: version(package) for package in versions.libraries}
    except PackageNotFoundError as missing:
        raise WrongEnvironment(f"This environment is no cell: it lacks {missing.name}. {RUN} NAME makes one.") from None
    found[PYTHON] = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Cell({axis: _as_listed(versions.axes[axis], release) for axis, release in found.items()})


def try_cell(versions: Versions, root: Path, name: str, told: Told) -> CellReport:
    """Try all that is due in the cell of this environment.

    Args:
        versions: The list.
        root: What the pages' paths are from.
        name: Of the cell.
        told: Told of each trial's begin and end.

    Raises:
        WrongEnvironment: This is another cell's.
    """
    if (cell := installed(versions)).name != name:
        raise WrongEnvironment(f"This environment is {cell.name}. Run the cell with: {RUN} {name}")
    started, contracts, page, error = time.monotonic(), {}, [], ""
    try:
        contracts = {each.harness: _tried(each, told) for each in versions.contracts if each.holds_for(cell)}
        page = list(_pages(versions, root, cell))
    except HarnessBroken as broken:
        error = str(broken)
    except Exception:  # whatever breaks here is what this release breaks
        error = traceback.format_exc(limit=-3)
    return CellReport(
        cell=cell,
        code=digest(versions, root, cell, code_installed(versions)),
        date=today(),
        state=State.CRASHED if error else State.RAN,
        error=error,
        seconds=round(time.monotonic() - started),
        command=command(versions, cell),
        contracts=contracts,
        page=page,
    )


def command(versions: Versions, cell: Cell) -> str:
    """The line that repeats a cell; only one of listed releases has a name."""
    return f"{RUN} {cell.name}" if cell in versions.combinations else f"{RUN} newest --pre"


def today() -> datetime.date:
    """The date that reports bear."""
    return datetime.datetime.now(datetime.timezone.utc).date()


def code_installed(versions: Versions) -> Iterable[str]:
    """The files of the packages under test and of this one, as they are in this environment."""
    return (line for name in {*versions.packages, OWN} for line in of_installed(name))


def _as_listed(releases: Iterable[str], found: str) -> str:
    """The release as the list writes it: `2.0` and `2.0.0` are the same."""
    return next((release for release in releases if Version(release) == Version(found)), found)


def _tried(contract: Contract, told: Told) -> Report:
    # one examiner has less to start than a panel, and there are other cells to keep the machine busy
    with Examiner(contract.harness, PROFILES[contract.profile]) as examiner:
        return shortened(check([examiner], list(CLAUSES.values()), told, (), contract.budget))


def _pages(versions: Versions, root: Path, cell: Cell) -> Iterable[BlockReport]:
    for page in versions.pages:
        if page.holds_for(cell):
            with tempfile.TemporaryDirectory(prefix="tracker-contracts-", ignore_cleanup_errors=True) as folder:
                yield from follow(page, root, Path(folder))
