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
    """Make the flavors "trackio" and "unified" usable with the active ZenML store.

    This registers custom flavors, once for a store. From 0.96 on, ZenML has a flavor "trackio" of its own, and this
    package serves its own in that place: then there is nothing to register, and this command checks that.
    """
    from zenml_trackers.zenml import registration

    with _named_errors():
        for own in registration.FLAVORS:
            click.echo(registration.register(own))


@main.command()
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


@main.command()
@click.argument("url", metavar="TRACKER_URL")
@click.option("--run", "run_id", metavar="ID", help="Show all of this run.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one run a line.")
def runs(url: str, run_id: str | None, as_json: bool) -> None:
    """Show the runs of a project, whatever its tracker.

    TRACKER_URL is such as trackio:///digits or mlflow+http://localhost:5000/digits.
    """
    from zenml_trackers import listing

    with _named_errors():
        listing.show(url, run_id, as_json)


@main.command()
@click.argument("source", metavar="SRC_URL")
@click.argument("target", metavar="DST_URL")
@click.option("--run", "ids", metavar="ID", multiple=True, help="Copy this run only; can be given several times.")
@click.option("--assume-finished", is_flag=True, help="Copy runs of unknown status as finished, not leave them out.")
@click.option("--allow-loss", is_flag=True, help="End with status 0 even if the target can't hold all.")
def copy(source: str, target: str, ids: tuple[str, ...], assume_finished: bool, allow_loss: bool) -> None:
    """Copy ended runs from one project to another, whatever their trackers.

    The URLs are such as trackio:///digits or mlflow+http://localhost:5000/digits. Credentials are taken from where
    the trackers' own libraries take them. A run that was copied before is not copied again, and one that is still
    running is left out. Ends with status 1 if something could not be copied, and says what.
    """
    from zenml_trackers import copying_report

    with _named_errors():
        whole = copying_report.run(source, target, ids, assume_finished, allow_loss)
    raise SystemExit(not whole)


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
