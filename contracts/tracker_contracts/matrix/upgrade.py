"""What going from one release to another changes: stored reports of cells that are alike but for that axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from tracker_contracts.matrix.gate import Change, changes, tried_with
from tracker_contracts.matrix.model import Cell, CellReport, State

EXAMPLE = "such as --from zenml=0.85 --to zenml=0.98"


class NoUpgrade(ValueError):
    """There is nothing to compare; the message says why, and the way out."""


@dataclass(frozen=True)
class Pair:
    """A cell of the old release, and the one that is alike but for the new release."""

    old: CellReport
    cell: Cell
    new: CellReport | None

    def __str__(self) -> str:
        return f"{self.old.cell.name} -> {self.cell.name}"

    @property
    def incomparable(self) -> str:
        """Why nothing is to be learnt from the two; empty, if something is."""
        if self.new is None:
            return f"there is no report of {self.cell.name}"
        if self.old.state is not State.RAN:
            return f"{self.old.cell.name} {self.old.state.value}"
        for harness, before in self.old.contracts.items():
            after = self.new.contracts.get(harness, before)
            if before.left_out or after.left_out:
                return f"there was no time for all programs on {harness}; give it more `budget`, or run fewer at a time"
            old, new = tried_with(before), tried_with(after)
            if old != new:
                return f"{harness} was tried with {old} and then with {new}; run both cells again"
        return ""

    @property
    def changes(self) -> list[Change]:
        """What the new release changes."""
        return changes(self.old, self.new) if self.new is not None and not self.incomparable else []


def pairs(reports: Sequence[CellReport], old: str | None, new: str | None) -> list[Pair]:
    """Each cell of the old release, with what is alike on the new one.

    Args:
        reports: All that are stored.
        old: Such as `zenml=0.85`.
        new: The same axis with another release.

    Raises:
        NoUpgrade: They don't say which two releases of one axis are meant, or one of these has no report.
    """
    if old is None or new is None:
        raise NoUpgrade(f"--from and --to go together, {EXAMPLE}.")
    (axis, before), (other, after) = _release(reports, "--from", old), _release(reports, "--to", new)
    if axis != other or before == after:
        raise NoUpgrade(f"--from {old} and --to {new} must be two releases of the same package, {EXAMPLE}.")
    known = {report.cell: report for report in reports}
    cells = {cell: cell.but(**{axis: after}) for cell in known if cell.root.get(axis) == before}
    return [Pair(known[cell], alike, known.get(alike)) for cell, alike in cells.items()]


def _release(reports: Sequence[CellReport], option: str, text: str) -> tuple[str, str]:
    if not reports:
        raise NoUpgrade("No report is stored yet: --run full makes them, and --reports says where they are.")
    axis, _, wanted = text.partition("=")
    stored = sorted({report.cell[axis] for report in reports if axis in report.cell.axes}, key=Version)
    if not stored:
        axes = sorted({axis for report in reports for axis in report.cell.axes})
        raise NoUpgrade(f"{option} {text}: no report has {axis!r}, but {', '.join(axes)}; {EXAMPLE}.")
    try:
        found = [release for release in stored if release in SpecifierSet(f"=={wanted}.*", prereleases=True)]
    except InvalidSpecifier:
        raise NoUpgrade(f"{option} {text}: {wanted!r} is no release, {EXAMPLE}.") from None
    if len(found) != 1:
        raise NoUpgrade(f"{option} {text}: that is {len(found) or 'none'} of {', '.join(stored)}; name one of them.")
    return axis, found[0]
