"""`tracker-contracts diff`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tracker_contracts.cli.options import BROKEN, FILE, stored

if TYPE_CHECKING:
    from tracker_contracts.report import diff as comparison


class Told(NamedTuple):
    """What two reports differ in, for people and for programs."""

    lines: list[str]
    fields: dict[str, Any]
    regressed: bool


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="As JSON: the same, by what it is.")
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Compare two JSON reports, or two of cells of the matrix: status 1 if a clause holds less than it did.

    \b
    Examples:
      tracker-contracts diff before.json after.json
      tracker-contracts diff --json before.json after.json
    """
    told = _of_cells(old, new) or _of_reports(old, new)
    click.echo(json.dumps(told.fields, indent=2) if as_json else "\n".join(told.lines))
    raise SystemExit(BROKEN if told.regressed else 0)


def _of_cells(old: Path, new: Path) -> Told | None:
    """What changed between two cells; none, if these are no reports of cells."""
    from tracker_contracts.matrix.gate import changes
    from tracker_contracts.matrix.model import read

    try:
        found = changes(read(old), read(new))
    except (OSError, ValueError):
        return None
    fields = [{"kind": change.kind.value, "what": change.what} for change in found]
    lines = [str(change) for change in found] or ["Nothing changed."]
    return Told(lines, {"changes": fields}, any(each["kind"] == "regression" for each in fields))


def _of_reports(old: Path, new: Path) -> Told:
    from tracker_contracts.report import diff as comparison

    before, after = stored(old), stored(new)
    changes = [_clause(change) for change in comparison.diff(before, after)]
    lost, shown = comparison.not_compared(before, after), comparison.shown(before, after)
    lines = [
        *("{kind}: {clause} ({level}): {old} -> {new}".format(**change) for change in changes),
        *([f"not tried this time: {', '.join(lost)}"] if lost else []),
        *([] if changes else ["No clause changed."]),
        *(f"{each.what}: {each.clause}: {each.topic}, in {each.where}" for each in shown),
    ]
    fields = {"changes": changes, "not_tried": lost, "shown": [each.model_dump() for each in shown]}
    return Told(lines, fields, any(change["kind"] == "regression" for change in changes))


def _clause(change: comparison.Change) -> dict[str, str]:
    kind = "regression" if change.regression else "worse" if change.worse else "improvement"
    return {"kind": kind, **change.model_dump(mode="json")}
