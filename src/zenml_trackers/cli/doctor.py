"""The command `zenml-trackers doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from zenml_trackers.zenml.diagnosis import Check


@click.command()
def doctor() -> None:
    """Find what keeps runs from their tracker.

    Shows the versions, the classes that our flavors load, and for each experiment tracker of these where its
    runs go, whether that answers, and whether it takes the token. Ends with status 1 if anything failed.
    """
    from zenml_trackers.zenml.diagnosis import State, diagnose

    failed = 0
    for check in diagnose():
        _show(check)
        failed += check.state is State.FAIL
    click.echo(f"\n{failed} failed." if failed else "\nNothing failed.")
    raise SystemExit(bool(failed))


def _show(check: Check) -> None:
    color = {"ok": "green", "warn": "yellow", "fail": "red"}[check.state.value]
    click.echo(f"{click.style(f'{check.state.value:4}', fg=color)}  {check.name}: {check.found}")
    if check.advice:
        click.echo(f"      {check.advice}")
