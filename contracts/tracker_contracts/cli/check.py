"""`tracker-contracts check`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracker_contracts.clauses import Clause, Driver
from tracker_contracts.cli import options
from tracker_contracts.engine.ending import Interrupted, ending_well
from tracker_contracts.profiles import DEFAULT, PROFILES, Profile

if TYPE_CHECKING:
    from tracker_contracts.programs.program import Program
    from tracker_contracts.report.report import Report

BUDGETS = ", ".join(f"{each.budget:.0f} with {name}" for name, each in PROFILES.items())
STATUS = {"conforms": 0, "does not conform": options.BROKEN, "incomplete": 3}


@dataclass(frozen=True)
class Asked:
    """What is to be tried, and how."""

    harness: str
    profile: Profile
    clauses: list[Clause]
    chosen: list[Program]
    drivers: list[Driver]
    budget: float | None
    seed: int | None
    fail_fast: bool


def _drivers(context: click.Context, option: click.Parameter, asked: tuple[str, ...]) -> list[Driver]:
    return [driver for driver in Driver if driver.value in asked or not asked]


@click.command()
@click.argument("harness", metavar="NAME_OR_SPEC", callback=options.harness)
@click.option("--profile", type=click.Choice(list(PROFILES)), default=DEFAULT.name, show_default=True)
@click.option(
    "--clause", "clauses", metavar="ID", multiple=True, callback=options.clauses, help="Try this one; repeatable."
)
@click.option(
    "--driver",
    "drivers",
    type=click.Choice([driver.value for driver in Driver]),
    multiple=True,
    callback=_drivers,
    help="Execute steps by this one alone; repeatable.",
)
@click.option(
    "--program",
    "chosen",
    metavar="TEXT",
    multiple=True,
    callback=options.programs,
    help="Execute this one alone; repeatable.",
)
@click.option(
    "--budget",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    help=f"After this, begin no further program. Without it: {BUDGETS}.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Try other examples; without it, the same ones each time.")
@click.option("--fail-fast", is_flag=True, help="End at the first broken clause.")
@click.option("--timings", is_flag=True, help="Tell where the time went.")
@click.option(
    "--json", "json", metavar="FILE", type=options.FILE, callback=options.writable, help="Write the report there."
)
@click.option(
    "--junit",
    metavar="FILE",
    type=options.FILE,
    callback=options.writable,
    help="Write it there as JUnit XML: a test case for each clause.",
)
@click.option(
    "--html", metavar="FILE", type=options.FILE, callback=options.writable, help="Write it there as one page."
)
def check(timings: bool, json: Path | None, junit: Path | None, html: Path | None, profile: str, **asked: Any) -> None:
    """Try a tracker, and report which clauses it keeps.

    NAME_OR_SPEC is an installed harness, see `tracker-contracts list`, or package.module:Class.

    \b
    Ends with status
      0    the tracker conforms
      1    it does not
      2    the harness is broken, or the command was used wrongly
      3    incomplete: a clause has no verdict
      130  interrupted by Ctrl-C; what was tried so far is reported
      143  ended by SIGTERM; what was tried so far is reported

    \b
    Examples:
      tracker-contracts check trackio --profile quick
      tracker-contracts check my_package.harness:MyHarness --clause F1 --clause L5
      tracker-contracts check trackio --json report.json --html report.html
      tracker-contracts check trackio --program "direct: ending=error attempt=second"
    """
    wanted = Asked(profile=PROFILES[profile], **asked)
    if not any(wanted.profile.examples(driver) for driver in wanted.drivers) and not wanted.chosen:
        raise click.UsageError(f"The profile {profile} tries nothing by {wanted.drivers[0].value}; take another one.")

    def tell(report: Report) -> None:
        if not timings:
            report = report.model_copy(update={"timings": []})
        _show(report)
        _write(report, json, junit, html)

    with ending_well():
        status = _try(wanted, tell)
    raise SystemExit(status)


def _try(asked: Asked, tell: Callable[[Report], None]) -> int:
    """Try it, tell what was found, also if it is interrupted, and return the command's status."""
    from tracker_contracts.engine.check import Check
    from tracker_contracts.engine.panel import panel
    from tracker_contracts.engine.progress import progress
    from tracker_contracts.report.console import console
    from tracker_contracts.report.report import Stopped

    begun: list[Check] = []
    try:
        with (
            panel(asked.harness, asked.profile, asked.seed, _needed(asked), _examiners(asked)) as examiners,
            progress(console(stderr=True)) as told,
        ):
            begun.append(
                Check(examiners, asked.clauses, told, asked.chosen, asked.budget, asked.fail_fast, asked.drivers)
            )
            report = begun[0].run()
            told.over()
            tell(report)  # before the harness is stopped, which may fail
    except Interrupted as interrupted:
        if not begun:
            click.echo("Interrupted before anything was tried.", err=True)
            raise
        tell(begun[0].report(Stopped.INTERRUPTED))
        return interrupted.status
    return STATUS[report.outcome.value]


def _needed(asked: Asked) -> Sequence[Driver]:
    """The drivers to start; those of programs that were chosen, and no other."""
    return list(dict.fromkeys(program.driver for program in asked.chosen)) or asked.drivers


def _examiners(asked: Asked) -> int:
    """As many as there is something to do for: one program, or the trials of one clause, need one."""
    from tracker_contracts.engine.panel import MOST
    from tracker_contracts.judges.blame import shown_by_programs

    by_trials = not shown_by_programs().intersection(clause.id for clause in asked.clauses)
    return min(MOST, len(asked.chosen) or (len(asked.clauses) if by_trials else MOST))


def _show(report: Report) -> None:
    from tracker_contracts.report.console import console
    from tracker_contracts.report.terminal import show

    show(console(), report)


def _write(report: Report, json: Path | None, junit: Path | None, html: Path | None) -> None:
    if json is not None:
        report.write(json)
    if junit is not None:
        from tracker_contracts.report.junit import junit_xml

        junit.write_text(junit_xml(report), encoding="utf-8")
    if html is not None:
        from tracker_contracts.report.html import page

        html.write_text(page(report), encoding="utf-8", errors="backslashreplace")
