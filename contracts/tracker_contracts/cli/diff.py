"""`tracker-contracts diff`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker_contracts.cli.options import BROKEN, FILE, stored

if TYPE_CHECKING:
    from tracker_contracts.matrix.gate import Change


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def diff(old: Path, new: Path) -> None:
    """Compare two JSON reports, or two of cells of the matrix: status 1 if a clause holds less than it did.

    \b
    Examples:
      tracker-contracts diff before.json after.json
    """
    from tracker_contracts.report import diff as comparison

    if (of_cells := _changes_of_cells(old, new)) is not None:
        click.echo("\n".join(map(str, of_cells)) or "Nothing changed.")
        raise SystemExit(BROKEN if any(change.kind.value == "regression" for change in of_cells) else 0)
    before, after = stored(old), stored(new)
    changes = comparison.diff(before, after)
    for change in changes:
        what = "regression" if change.regression else "worse" if change.worse else "improvement"
        click.echo(f"{what}: {change.clause} ({change.level.value}): {change.old.value} -> {change.new.value}")
    if lost := comparison.not_compared(before, after):
        click.echo(f"not tried this time: {', '.join(lost)}")
    if not changes:
        click.echo("No clause changed.")
    for shown in comparison.shown(before, after):
        click.echo(f"{shown.what}: {shown.clause}: {shown.topic}, in {shown.where}")
    raise SystemExit(BROKEN if any(change.regression for change in changes) else 0)


def _changes_of_cells(old: Path, new: Path) -> list[Change] | None:
    """What changed between two cells; none, if these are no reports of cells."""
    from tracker_contracts.matrix.gate import changes
    from tracker_contracts.matrix.model import read

    try:
        return changes(read(old), read(new))
    except (OSError, ValueError):
        return None
