"""The command `tracker-contracts matrix`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tracker_contracts.engine.ending import ending_well
from tracker_contracts.matrix import plan, written
from tracker_contracts.matrix.model import Cell, CellReport, age, read_all
from tracker_contracts.matrix.page_files import PAGES, page_options, write_pages
from tracker_contracts.matrix.versions import Versions, VersionsError, default_file, load, root_of
from tracker_contracts.report.console import console

BROKEN = 1
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
NEWEST = "newest"


@click.command()
@click.option(
    "--run",
    "sets",
    metavar="SET",
    multiple=True,
    help=f"Try {', '.join(plan.SETS)}, {NEWEST} or one cell, in new venvs; repeatable.",
)
@click.option("--cell", metavar="NAME", help="Try the cell whose environment this is, as tox and --run do.")
@click.option("--list", "listed", type=click.Choice(plan.SETS), help="Show a set, and what is ruled out, with reasons.")
@click.option("--write", "writes", is_flag=True, help="Write constraints and tox.ini anew from the list of releases.")
@click.option("--pre", is_flag=True, help="With --run newest: releases that come before a release count too.")
@click.option("-p", "--parallel", type=click.IntRange(min=1), default=1, show_default=True, help="Cells at a time.")
@click.option("--again", is_flag=True, help="Try also cells whose report there is of the same code.")
@click.option("--from", "old", metavar="PACKAGE=RELEASE", help="Say what another release changes: this is the old one.")
@click.option("--to", "new", metavar="PACKAGE=RELEASE", help="With --from: the new one, as in --to zenml=0.98.")
@click.option("--reports", type=FOLDER, help="Where reports are kept; without it, in reports/ beside the list.")
@click.option("--against", type=FOLDER, help="Compare with the reports there, and fail only for what was lost.")
@click.option(
    "--versions", "file", type=FILE, default=default_file, help="The list: [compat/]versions.toml without it."
)
@page_options
def matrix(
    sets: tuple[str, ...],
    cell: str | None,
    listed: str | None,
    writes: bool,
    old: str | None,
    new: str | None,
    file: Path,
    reports: Path | None,
    **options: Any,
) -> None:
    """Try trackers, and documented pages, on many releases.

    \b
    Ends with status
      0  all is well; or, with --against, nothing was lost; or, with --from, there is no regression
      1  a cell is red; or, with --against, a verdict was lost; or, with --from, there is one
      2  the command was used wrongly; or, with --from, no two cells compare

    \b
    Examples:
      tracker-contracts matrix --list smoke
      tracker-contracts matrix --run smoke --against compat/reports
      tracker-contracts matrix --from zenml=0.85 --to zenml=0.98
      tracker-contracts matrix --html matrix.html
    """
    pages = {name: options.pop(name) for name in PAGES}
    reports = reports or file.parent / "reports"
    chosen = [given for given in (sets, cell, listed, writes, old or new, any(pages.values())) if given]
    if len(chosen) != 1:
        raise click.UsageError(
            "Give one of --run, --cell, --list, --write and --from, or what is made of the reports, such as --html."
        )
    if options["pre"] and sets != (NEWEST,):
        raise click.UsageError("--pre goes with --run newest.")
    if old or new:
        raise SystemExit(_upgrade(reports, old, new))
    versions = _versions(file)
    with ending_well():
        if cell is not None:
            status = _try_one(versions, root_of(versions, file), cell, reports)
        elif sets:
            status = _run(versions, sets, file, reports, **options)
        elif any(pages.values()):
            status = _publish(versions, reports, pages)
        else:
            status = _list(versions, listed) if listed is not None else _write(versions, file)
    raise SystemExit(status)


def _publish(versions: Versions, reports: Path, pages: Mapping[str, Path | None]) -> int:
    from tracker_contracts.matrix.view import View

    try:
        view = View(list(read_all(reports)), versions)
    except ValueError as error:
        raise click.UsageError(f"{reports}: {error}") from error
    for file in write_pages(view, pages):
        click.echo(file)
    return 0


def _upgrade(reports: Path, old: str | None, new: str | None) -> int:
    from tracker_contracts.matrix.gate import Kind
    from tracker_contracts.matrix.upgrade import NoUpgrade, pairs

    try:
        found = pairs(list(read_all(reports)), old, new)
    except NoUpgrade as error:
        raise click.UsageError(str(error)) from error
    except ValueError as error:
        raise click.UsageError(f"{reports}: {error}") from error
    for pair in found:
        told = [f"not compared: {pair.incomparable}"] if pair.incomparable else list(map(str, pair.changes))
        click.echo("\n  ".join([f"{pair}:", *(told or ["nothing changes"])]))
    compared = [pair for pair in found if not pair.incomparable]
    kinds = [change.kind for pair in compared for change in pair.changes]
    counted = ", ".join(f"{kind.value} {kinds.count(kind)}" for kind in Kind if kind in kinds)
    nothing = "nothing changes" if compared else "nothing is known"
    click.echo(f"{len(compared)} of {len(found)} pairs of cells compared: {counted or nothing}.")
    return BROKEN if Kind.REGRESSION in kinds else 0 if compared else 2


def _versions(file: Path) -> Versions:
    try:
        return load(file)
    except VersionsError as error:
        raise click.UsageError(str(error)) from error


def _try_one(versions: Versions, root: Path, name: str, reports: Path) -> int:
    from tracker_contracts.engine.progress import progress
    from tracker_contracts.matrix.cell import WrongEnvironment, try_cell

    try:
        with progress(console(stderr=True)) as told:
            report = try_cell(versions, root, name, told)
    except WrongEnvironment as wrong:
        raise click.UsageError(str(wrong)) from wrong
    click.echo(f"Wrote {report.write(reports)}")
    _show(versions, [report])
    return 0 if report.good else BROKEN


def _run(
    versions: Versions,
    sets: Sequence[str],
    file: Path,
    reports: Path,
    *,
    pre: bool,
    parallel: int,
    again: bool,
    against: Path | None,
) -> int:
    from tracker_contracts.matrix.environments import NotBuilt

    stored = _stored(against)
    try:
        cells = list(dict.fromkeys(cell for set_ in sets for cell in _cells(versions, set_, pre)))
        found = _tried(versions, file, reports, cells, parallel, again)
    except NotBuilt as error:
        raise click.UsageError(str(error)) from error
    _show(versions, found)
    return _lost(stored, found) if stored is not None else BROKEN * any(not report.good for report in found)


def _cells(versions: Versions, set_: str, pre: bool) -> list[Cell]:
    from tracker_contracts.matrix.newest import newest_cell

    if set_ == NEWEST:
        return [newest_cell(versions, pre)]
    if set_ in plan.SETS:
        return plan.cells(versions, set_)
    if named := [cell for cell in plan.cells(versions, "exhaustive") if cell.name == set_]:
        return named
    sets = ", ".join((*plan.SETS, NEWEST))
    raise click.UsageError(
        f"--run {set_}: that is neither one of {sets} nor a cell; --list exhaustive shows all cells."
    )


def _tried(
    versions: Versions, file: Path, reports: Path, cells: Sequence[Cell], parallel: int, again: bool
) -> list[CellReport]:
    from tracker_contracts.matrix.runner import Runner
    from tracker_contracts.matrix.told import progress

    found = []
    with Runner(versions, file, reports) as runner, progress(console(stderr=True), len(cells)) as tell:
        for told in runner.run(cells, parallel, again):
            tell(told.report, told.again)
            found.append(told.report)
    return sorted(found, key=lambda report: age(report.cell))


def _stored(folder: Path | None) -> dict[str, CellReport] | None:
    """The reports to compare with, read before any of them is written anew."""
    if folder is None:
        return None
    try:
        stored = {report.cell.name: report for report in read_all(folder)}
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if not stored:
        raise click.UsageError(f"{folder} has no reports to compare with; make them with --run full.")
    return stored


def _lost(stored: Mapping[str, CellReport], found: Iterable[CellReport]) -> int:
    from tracker_contracts.matrix.gate import LOSSES, Kind, changes, counterpart

    status = 0
    for report in found:
        before = counterpart(stored, report.cell)
        if before is None:
            click.echo(f"{report.cell.name}: there is no earlier report to compare with.")
            continue
        for change in changes(before, report):
            if change.kind in LOSSES:
                click.echo(f"lost in {report.cell.name}, compared with {before.cell.name}: {change}")
                status = BROKEN
            elif change.kind is Kind.NOT_COMPARED:
                click.echo(f"{report.cell.name}: {change}")
    click.echo("Something was lost." if status else "Nothing was lost.")
    return status


def _show(versions: Versions, reports: Sequence[CellReport]) -> None:
    from tracker_contracts.matrix.told import table

    console().print(table(versions, reports))


def _list(versions: Versions, set_: str) -> int:
    for cell in plan.cells(versions, set_):
        click.echo(cell.name)
    for cell, reasons in plan.ruled_out(versions).items():
        click.echo(f"not {cell.name}: {' '.join(reasons)}")
    return 0


def _write(versions: Versions, file: Path) -> int:
    try:
        changed = written.write(versions, file)
    except written.NoPlace as error:
        raise click.UsageError(str(error)) from error
    for each in changed:
        click.echo(f"{'Wrote' if each.exists() else 'Removed'} {each.relative_to(root_of(versions, file))}")
    return 0
