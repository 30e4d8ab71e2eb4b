"""What is installed in a cell, and what holds it to the cell's releases."""

from __future__ import annotations

from tracker_contracts.matrix.model import Cell, factor, short
from tracker_contracts.matrix.versions import Versions


def requirements(versions: Versions, cell: Cell) -> list[str]:
    """What a cell's environment is made of, beside the packages under test."""
    found = {line for package in versions.libraries for line in needed(versions, package, cell[package])}
    return sorted({*versions.libraries, *found})


def constraints(versions: Versions, cell: Cell) -> list[str]:
    """All lines that hold for a cell."""
    return [line for package in versions.libraries for line in of_release(versions, package, cell[package])]


def of_release(versions: Versions, package: str, release: str) -> list[str]:
    """The lines of one release's constraints file: the release itself, and what else it needs."""
    needed = {line for need in versions.needs_of(package, release) for line in need.constraints}
    return [f"{package}=={release}", *sorted(needed)]


def of_newest(versions: Versions) -> list[str]:
    """The lines that hold for the newest release of each package."""
    pins = {f"{package}=={release}" for package, release in versions.newest.items()}
    libraries = versions.libraries
    return sorted(pins.union(*(of_release(versions, package, versions.newest[package]) for package in libraries)))


def needed(versions: Versions, package: str, release: str) -> list[str]:
    """What has to be installed beside a release."""
    return sorted(line for need in versions.needs_of(package, release) for line in need.requirements)


def file_name(package: str, release: str) -> str:
    """Of the release's constraints file."""
    return f"{short(package)}{factor(release)}.txt"
