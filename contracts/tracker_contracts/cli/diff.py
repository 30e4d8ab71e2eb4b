"""`tracker-contracts diff`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker_contracts.cli.options import BROKEN, FILE, stored


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def diff(old: Path, new: Path) -> None:
    """Compare two JSON reports by clause and by program, and end with status 1 if a clause holds less than it did."""
    from tracker_contracts.report import diff as comparison

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
