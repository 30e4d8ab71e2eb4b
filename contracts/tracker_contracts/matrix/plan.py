"""Which cells there are, and which of them are tried when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from packaging.version import Version

from tracker_contracts.matrix.model import Cell, age
from tracker_contracts.matrix.versions import Versions

SETS = ("smoke", "full", "exhaustive")
"""From the smallest on; each is part of the next."""


def cells(versions: Versions, name: str) -> list[Cell]:
    """The cells of a set, from the oldest ZenML on.

    Args:
        versions: The list.
        name: `smoke`: the oldest and the newest ZenML, and those around each break, once each. `full`: each ZenML with
            its lowest and highest Python, and the newest with each Python and each Trackio. `exhaustive`: all that are
            not ruled out.
    """
    chosen = {"smoke": _smoke, "full": _full, "exhaustive": _exhaustive}[name](versions)
    return sorted(set(chosen), key=age)


def sets_of(versions: Versions, cell: Cell) -> list[str]:
    """The sets that the cell is in, from the smallest on."""
    return [name for name in SETS if cell in cells(versions, name)]


def ruled_out(versions: Versions) -> dict[Cell, list[str]]:
    """Why each combination that is in no set is not."""
    reasons = {cell: versions.reasons_against(cell) for cell in _combinations(versions)}
    return {cell: why for cell, why in reasons.items() if why}


def newest(versions: Versions) -> Cell:
    """The newest releases, with the highest Python that they allow."""
    return max(
        _exhaustive(versions), key=lambda cell: (Version(cell.zenml), Version(cell.trackio), Version(cell.python))
    )


def ordered(releases: Iterable[str]) -> list[str]:
    """From the oldest on, whatever their order in the file."""
    return sorted(releases, key=Version)


def around_breaks(versions: Versions) -> list[str]:
    """The oldest and the newest ZenML, and of each break the last before and the first after it."""
    releases = ordered(versions.zenml)
    chosen = {releases[0], releases[-1]}
    for each in versions.breaks:
        before = [release for release in releases if Version(release) < Version(each.zenml)]
        chosen.update(before[-1:], releases[len(before) : len(before) + 1])
    return ordered(chosen)


def _smoke(versions: Versions) -> Iterator[Cell]:
    """One cell each: the lowest Python and the highest in turn, so that the newest ZenML has the highest."""
    for index, zenml in enumerate(reversed(around_breaks(versions))):
        allowed = _with_newest_trackio(versions, zenml)
        yield from allowed[-1:] if index % 2 == 0 else allowed[:1]


def _full(versions: Versions) -> Iterator[Cell]:
    for zenml in versions.zenml:
        allowed = _with_newest_trackio(versions, zenml)
        yield from (*allowed[:1], *allowed[-1:])
    top = newest(versions)
    for cell in _exhaustive(versions):
        yield from (
            [cell] if cell.zenml == top.zenml and (cell.python == top.python or cell.trackio == top.trackio) else []
        )


def _exhaustive(versions: Versions) -> Iterator[Cell]:
    return (cell for cell in _combinations(versions) if not versions.reasons_against(cell))


def _combinations(versions: Versions) -> Iterator[Cell]:
    for zenml, python, trackio in product(*map(ordered, (versions.zenml, versions.python, versions.trackio))):
        yield Cell(python=python, zenml=zenml, trackio=trackio)


def _with_newest_trackio(versions: Versions, zenml: str) -> list[Cell]:
    """The allowed cells of a ZenML, one a Python."""
    trackio = ordered(versions.trackio)[-1]
    return [cell for cell in _exhaustive(versions) if (cell.zenml, cell.trackio) == (zenml, trackio)]
