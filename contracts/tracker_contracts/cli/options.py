"""What several commands take, and how it is checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker_contracts.clauses import CLAUSES, Clause
from tracker_contracts.registry import did_you_mean, installed

if TYPE_CHECKING:
    from tracker_contracts.programs.program import Program
    from tracker_contracts.report.report import Report

BROKEN = 1
FILE = click.Path(dir_okay=False, path_type=Path)


def harness(context: click.Context, option: click.Parameter, given: str) -> str:
    """An installed name, or package.module:Class."""
    known = installed()
    if ":" not in given and given not in known:
        near = did_you_mean(given, known) or " Give an installed name, or package.module:Class."
        raise click.BadParameter(f"There is no harness {given!r}.{near} `tracker-contracts list` shows all.")
    return given


def clauses(context: click.Context, option: click.Parameter, asked: tuple[str, ...]) -> list[Clause]:
    """The clauses of these ids, or all, in the order of the contract."""
    wanted = {id.upper() for id in asked}
    if unknown := sorted(wanted - set(CLAUSES)):
        near = "".join(did_you_mean(id, CLAUSES) for id in unknown[:1])
        raise click.BadParameter(
            f"There is no clause {', '.join(unknown)}.{near} `tracker-contracts clauses` shows all."
        )
    return [clause for clause in CLAUSES.values() if clause.id in wanted or not wanted]


def programs(context: click.Context, option: click.Parameter, asked: tuple[str, ...]) -> list[Program]:
    """The programs of these texts."""
    from tracker_contracts.programs.program import Program

    try:
        return [Program.parse(text) for text in asked]
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def writable(context: click.Context, option: click.Parameter, file: Path | None) -> Path | None:
    """A file in a folder that there is."""
    if file is not None and not file.resolve().parent.is_dir():
        raise click.BadParameter(f"There is no folder {file.parent}.")
    return file


def stored(file: Path) -> Report:
    """The report of a file."""
    from tracker_contracts.report.report import read

    try:
        return read(file)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{file} is no report of tracker-contracts: {error}") from error
