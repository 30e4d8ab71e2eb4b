"""What is installed in a cell, and what holds it to the cell's releases."""

from __future__ import annotations

from collections.abc import Iterator

from tracker_contracts.matrix.model import Cell, factor
from tracker_contracts.matrix.versions import Versions

PACKAGES = ("zenml", "trackio")


def requirements(versions: Versions, cell: Cell) -> list[str]:
    """What a cell's environment is made of, beside the packages under test."""
    needed = {line for package in PACKAGES for line in _needed(versions, package, getattr(cell, package))}
    return sorted({*PACKAGES, *needed})


def constraints(versions: Versions, cell: Cell) -> list[str]:
    """All lines that hold for a cell."""
    return [line for package in PACKAGES for line in of_release(versions, package, getattr(cell, package))]


def of_release(versions: Versions, package: str, release: str) -> list[str]:
    """The lines of one release's constraints file: the release itself, and what else it needs."""
    needed = {line for need in versions.needs_of(package, release) for line in need.constraints}
    return [f"{package}=={release}", *sorted(needed)]


def of_newest(versions: Versions) -> list[str]:
    """The lines that hold for the newest release of each package."""
    pins = {f"{package}=={release}" for package, release in versions.newest.items()}
    return sorted(pins.union(*(of_release(versions, package, versions.newest[package]) for package in PACKAGES)))


def needed(versions: Versions, package: str, release: str) -> list[str]:
    """What has to be installed beside a release."""
    return sorted(_needed(versions, package, release))


def file_name(package: str, release: str) -> str:
    """Of the release's constraints file."""
    return f"{package}{factor(release)}.txt"


def _needed(versions: Versions, package: str, release: str) -> Iterator[str]:
    for need in versions.needs_of(package, release):
        yield from need.requirements
