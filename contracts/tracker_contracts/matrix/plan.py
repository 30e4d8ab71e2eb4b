"""Which cells there are, and which of them are tried when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.version import Version

from tracker_contracts.matrix.model import PYTHON, Cell, age
from tracker_contracts.matrix.versions import Versions

SETS = ("smoke", "full", "exhaustive")
"""From the smallest on; each is part of the next."""


def cells(versions: Versions, name: str) -> list[Cell]:
    """The cells of a set, from the oldest on.

    Args:
        versions: The list.
        name: `smoke`: the oldest and the newest of the first package, and the first after each break, once each.
            `full`: each of the first package with its lowest and highest Python, and the newest with each Python and
            each release of the others. `exhaustive`: all that are not ruled out.
    """
    chosen = {"smoke": _smoke, "full": _full, "exhaustive": _exhaustive}[name](versions)
    return sorted(set(chosen), key=age)


def sets_of(versions: Versions, cell: Cell) -> list[str]:
    """The sets that the cell is in, from the smallest on."""
    return [name for name in SETS if cell in cells(versions, name)]


def ruled_out(versions: Versions) -> dict[Cell, list[str]]:
    """Why each combination that is in no set is not."""
    reasons = {cell: versions.reasons_against(cell) for cell in versions.combinations}
    return {cell: why for cell, why in reasons.items() if why}


def newest(versions: Versions) -> Cell:
    """The newest releases, with the highest Python that they allow."""
    return _newest_of(versions, _exhaustive(versions))


def ordered(releases: Iterable[str]) -> list[str]:
    """From the oldest on, whatever their order in the file."""
    return sorted(releases, key=Version)


def at_breaks(versions: Versions, axis: str) -> list[str]:
    """One release between each break and the next: the first; of the first package also the newest.

    Between two breaks nothing is different, as far as is known.
    """
    releases = ordered(versions.axes[axis])
    breaks = [Version(each.within[axis]) for each in versions.breaks if axis in each.within]
    chosen = {releases[0], releases[-1]} if axis == versions.first else set(releases[:1] if breaks else ())
    for first_changed in breaks:
        chosen.update([release for release in releases if Version(release) >= first_changed][:1])
    return ordered(chosen)


def _smoke(versions: Versions) -> Iterator[Cell]:
    """One cell each: the lowest Python and the highest in turn, so that the newest has the highest."""
    for axis in versions.libraries:
        for index, release in enumerate(reversed(at_breaks(versions, axis))):
            allowed = _with_newest_others(versions, axis, release)
            yield from allowed[-1:] if index % 2 == 0 else allowed[:1]


def _full(versions: Versions) -> Iterator[Cell]:
    first, top = versions.first, newest(versions)
    for release in versions.axes[first]:
        allowed = _with_newest_others(versions, first, release)
        yield from (*allowed[:1], *allowed[-1:])
    for cell in _exhaustive(versions):
        others = [axis for axis in versions.axes if cell[axis] != top[axis]]
        yield from [cell] if first not in others and len(others) <= 1 else []


def _exhaustive(versions: Versions) -> Iterator[Cell]:
    return (cell for cell in versions.combinations if not versions.reasons_against(cell))


def _with_newest_others(versions: Versions, axis: str, release: str) -> list[Cell]:
    """The allowed cells of a release with the newest of the other packages that go with it, one a Python."""
    allowed = [cell for cell in _exhaustive(versions) if cell[axis] == release]
    top = _newest_of(versions, allowed) if allowed else None
    return [cell for cell in allowed if top is not None and cell.but(python=top[PYTHON]) == top]


def _newest_of(versions: Versions, among: Iterable[Cell]) -> Cell:
    return max(among, key=lambda cell: [Version(cell[axis]) for axis in (*versions.libraries, PYTHON)])
