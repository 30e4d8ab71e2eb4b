"""The command `zenml-trackers doctor`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from zenml_trackers.cli.errors import named_errors

if TYPE_CHECKING:
    from rich.console import Console

    from zenml_trackers.zenml.check import Check

COLORS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@click.option("--stack", metavar="NAME", help="Of the trackers, check those of this stack alone.")
@click.option("--tracker", metavar="NAME", help="Of the trackers, check this one alone.")
@click.option("--live", is_flag=True, help="Make a run on each of them, and read it back. It stays there.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one check a line: name, state, found, advice.")
def doctor(stack: str | None, tracker: str | None, live: bool, as_json: bool) -> None:
    """Find what keeps runs from their tracker.

    Shows the versions, the classes that our flavors load, and for each experiment tracker of these where its
    runs go, whether that answers, and whether it takes the token. Ends with status 1 if anything failed.

    \b
    Examples:
      zenml-trackers doctor
      zenml-trackers doctor --tracker my_tracker --live
      zenml-trackers doctor --stack production --json
    """
    from zenml_trackers.cli.terminal import console
    from zenml_trackers.zenml.diagnosis import diagnose

    failed, shown = 0, console()
    with named_errors():
        for check in diagnose(stack, tracker, live):
            failed += check.state.value == "fail"
            _show_json(check) if as_json else _show(check, shown)
    if not as_json:
        shown.print(f"\n{failed} failed." if failed else "\nNothing failed.")
    raise SystemExit(bool(failed))


def _show_json(check: Check) -> None:
    told = {"name": check.name, "state": check.state.value, "found": check.found, "advice": check.advice}
    click.echo(json.dumps(told, ensure_ascii=False))


def _show(check: Check, console: Console) -> None:
    from rich.text import Text

    state = check.state.value
    found = f"  {check.name}{check.note}: {_one_line(check.found)}"
    console.print(Text.assemble((f"{state:4}", COLORS[state]), found), soft_wrap=True)
    if check.advice:
        console.print(f"      {_one_line(check.advice)}", soft_wrap=True)


def _one_line(text: str) -> str:
    return " ".join(text.split())
