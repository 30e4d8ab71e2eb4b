"""The command `zenml-trackers`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

import zenml_trackers
from zenml_trackers.errors import TrackerError

if TYPE_CHECKING:
    from zenml_trackers.zenml.diagnosis import Check


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(zenml_trackers.__version__, prog_name="zenml-trackers")
def main() -> None:
    """Experiment trackers in ZenML steps: one run API, Trackio first."""
    os.environ.setdefault("ZENML_LOGGING_VERBOSITY", "ERROR")  # what is said here is ours to say


@main.command()
def register() -> None:
    """Make the flavor "trackio" usable with the active ZenML store.

    Below ZenML 0.96 this registers a custom flavor, once for a store. From 0.96 on, ZenML has a flavor of that name,
    and this package serves its own in that place: then there is nothing to register, and this command checks that.
    """
    from zenml_trackers.zenml import registration

    with _named_errors():
        click.echo(registration.register())


@main.command()
def doctor() -> None:
    """Find what keeps runs from their tracker.

    Shows the versions, the class that --flavor=trackio loads, and for each experiment tracker of that flavor where its
    runs go, whether that answers, and whether it takes the token. Ends with status 1 if anything failed.
    """
    from zenml_trackers.zenml.diagnosis import State, diagnose

    failed = 0
    for check in diagnose():
        _show(check)
        failed += check.state is State.FAIL
    click.echo(f"\n{failed} failed." if failed else "\nNothing failed.")
    raise SystemExit(bool(failed))


@main.command()
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Use this folder and keep it, instead of a temporary one.",
)
def demo(keep: Path | None) -> None:
    """Run a real pipeline, tracked by Trackio, and show what was stored.

    The ZenML store and the Trackio folder are throw-away ones; yours are not touched. Needs zenml-trackers[demo].
    """
    from zenml_trackers.demo.runner import run

    with _named_errors():
        run(keep)


def _show(check: Check) -> None:
    color = {"ok": "green", "warn": "yellow", "fail": "red"}[check.state.value]
    click.echo(f"{click.style(f'{check.state.value:4}', fg=color)}  {check.name}: {check.found}")
    if check.advice:
        click.echo(f"      {check.advice}")


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except TrackerError as error:
        raise click.ClickException(str(error)) from error
