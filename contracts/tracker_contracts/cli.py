"""The command `tracker-contracts`."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

import tracker_contracts
from tracker_contracts.clauses import CHAPTERS, CLAUSES, Clause
from tracker_contracts.engine.ending import ending_well
from tracker_contracts.engine.isolation import isolated
from tracker_contracts.engine.profiles import DEFAULT, PROFILES
from tracker_contracts.matrix.cli import matrix

if TYPE_CHECKING:
    from tracker_contracts.engine.examiner import Examiner
    from tracker_contracts.programs.program import Program
    from tracker_contracts.reference.mutants.kills import SelfTest
    from tracker_contracts.report.report import Report

BROKEN, INCOMPLETE = 1, 3
STATUS = {"conforms": 0, "does not conform": BROKEN, "incomplete": INCOMPLETE}
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tracker_contracts.__version__, prog_name="tracker-contracts")
def main() -> None:
    """Does an experiment tracker keep what a ZenML step needs?"""


main.add_command(matrix)


def _clauses(context: click.Context, option: click.Parameter, asked: tuple[str, ...]) -> list[Clause]:
    """The clauses of these ids, or all, in the order of the contract."""
    wanted = {id.upper() for id in asked}
    if unknown := sorted(wanted - set(CLAUSES)):
        raise click.BadParameter(f"There is no clause {', '.join(unknown)}; `tracker-contracts clauses` shows all.")
    return [clause for clause in CLAUSES.values() if clause.id in wanted or not wanted]


def _programs(context: click.Context, option: click.Parameter, asked: tuple[str, ...]) -> list[Program]:
    from tracker_contracts.programs.program import Program

    try:
        return [Program.parse(text) for text in asked]
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _writable(context: click.Context, option: click.Parameter, file: Path | None) -> Path | None:
    if file is not None and not file.resolve().parent.is_dir():
        raise click.BadParameter(f"There is no folder {file.parent}.")
    return file


@main.command()
@click.argument("harness", metavar="NAME_OR_SPEC")
@click.option("--profile", type=click.Choice(list(PROFILES)), default=DEFAULT.name, show_default=True)
@click.option("--json", "file", metavar="FILE", type=FILE, callback=_writable, help="Write the report there as well.")
@click.option(
    "--clause", "clauses", metavar="ID", multiple=True, callback=_clauses, help="Try this one, less hard; repeatable."
)
@click.option(
    "--program",
    "chosen",
    metavar="TEXT",
    multiple=True,
    callback=_programs,
    help="Execute this one alone; repeatable.",
)
@click.option("--budget", metavar="SECONDS", type=click.FloatRange(min=0), help="After this, begin no further program.")
@click.option("--seed", type=click.IntRange(min=0), help="Try other examples; without it, the same ones each time.")
def check(
    harness: str,
    profile: str,
    file: Path | None,
    clauses: list[Clause],
    chosen: list[Program],
    budget: float | None,
    seed: int | None,
) -> None:
    """Try a tracker, and report which clauses it keeps.

    NAME_OR_SPEC is an installed harness, see `tracker-contracts list`, or package.module:Class.

    \b
    Ends with status
      0  the tracker conforms
      1  it does not
      2  the harness is broken, or the command was used wrongly
      3  incomplete: a clause has no verdict
    """
    from tracker_contracts.engine.panel import panel

    with ending_well(), panel(harness, PROFILES[profile], clauses, seed) as examiners:
        report = _report(examiners, clauses, chosen, budget)
        if file is not None:
            report.write(file)
    raise SystemExit(STATUS[report.outcome.value])


@main.command("list")
def list_() -> None:
    """Show the installed harnesses."""
    from tracker_contracts.registry import installed

    known = installed()
    for name, spec in sorted(known.items()):
        click.echo(f"{name:{max(map(len, known))}}  {spec}")


@main.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def diff(old: Path, new: Path) -> None:
    """Compare two JSON reports, and end with status 1 if a clause holds less than it did."""
    from tracker_contracts.report import diff as comparison

    before, after = _stored(old), _stored(new)
    changes = comparison.diff(before, after)
    for change in changes:
        what = "regression" if change.regression else "worse" if change.worse else "improvement"
        click.echo(f"{what}: {change.clause} ({change.level.value}): {change.old.value} -> {change.new.value}")
    if lost := comparison.not_compared(before, after):
        click.echo(f"not tried this time: {', '.join(lost)}")
    if not changes:
        click.echo("No clause changed.")
    raise SystemExit(BROKEN if any(change.regression for change in changes) else 0)


@main.command()
@click.argument("package", metavar="PACKAGE_NAME")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=".", show_default=True)
def new(package: str, folder: Path) -> None:
    """Write a commented harness, and a test that runs the contract on it."""
    from tracker_contracts.template import write

    try:
        files = write(package, folder)
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from error
    for file in files:
        click.echo(f"Wrote {file}")
    click.echo(f"Fill in the harness, then: tracker-contracts check {package}.harness:MyHarness")


@main.command()
@click.option("--markdown", is_flag=True, help="As the page of the documentation.")
def clauses(markdown: bool) -> None:
    """Show the contract."""
    if markdown:
        from tracker_contracts.report.pages import contract_page

        click.echo(contract_page(), nl=False)
        return
    for chapter in CHAPTERS:
        click.echo(f"{chapter.title}\n")
        for clause in chapter.clauses:
            feature = f" {clause.feature}" if clause.feature else ""
            click.echo(f"  {clause.id:4} {clause.level.value}{feature}\n       {clause.sentence}\n")


@main.command()
def programs() -> None:
    """Show what programs are made of, as the page of the documentation."""
    from tracker_contracts.report.pages import programs_page

    click.echo(programs_page(), nl=False)


@main.command()
def schema() -> None:
    """Show the JSON Schema of the JSON report."""
    from tracker_contracts.report.report import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@main.command("self-test")
@click.option("--markdown", is_flag=True, help="Show the matrix as Markdown.")
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Try with so many choices of programs, one after the other; each broken tracker must be found with each.",
)
def self_test(markdown: bool, seeds: int) -> None:
    """Try the contract itself: it must pass a good tracker and find each broken one."""
    with ending_well(), tempfile.TemporaryDirectory(prefix="tracker-contracts-") as folder:
        os.environ.update(isolated(Path(folder)))  # before ZenML is imported, which reads it once
        from tracker_contracts.reference.mutants import self_test as mutants

        result = mutants.run(_told_aloud)
        others = {seed: mutants.run(_told_aloud, seed=seed) for seed in range(1, seeds)}
    if markdown:
        click.echo(result.markdown(), nl=False)
    else:
        _show_matrix(result)
    for seed, other in others.items():
        for trouble in other.troubles:
            click.echo(f"With seed {seed}: {trouble}")
        click.echo(f"With seed {seed}: {other.summary}")
    raise SystemExit(0 if all(each.ok for each in (result, *others.values())) else BROKEN)


def _told_aloud(text: str) -> None:
    click.echo(text, err=True)


def _show_matrix(result: SelfTest) -> None:
    from tracker_contracts.report.console import console

    console().print(result.table())
    for trouble in result.troubles:
        click.echo(trouble)
    click.echo(result.summary)


def _report(examiners: list[Examiner], clauses: list[Clause], chosen: list[Program], budget: float | None) -> Report:
    from tracker_contracts.engine.check import check as check_
    from tracker_contracts.engine.progress import progress
    from tracker_contracts.report.console import console
    from tracker_contracts.report.terminal import show

    with progress(console(stderr=True)) as told:
        report = check_(examiners, clauses, told, chosen, budget)
    show(console(), report)
    return report


def _stored(file: Path) -> Report:
    from tracker_contracts.report.report import read

    try:
        return read(file)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{file} is no report of tracker-contracts: {error}") from error
