"""The command `zenml-trackers copy`."""

from __future__ import annotations

import click

from zenml_trackers.cli.errors import named_errors


@click.command()
@click.argument("source", metavar="SRC_URL")
@click.argument("target", metavar="DST_URL")
@click.option(
    "--run",
    "ids",
    metavar="ID",
    multiple=True,
    help="Copy this run only; how its id begins is enough. Repeatable.",
)
@click.option("--assume-finished", is_flag=True, help="Copy runs of unknown status as finished, not leave them out.")
@click.option("--allow-loss", is_flag=True, help="End with status 0 even if the target can't hold all.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: names of runs by what became of them, and losses.")
def copy(
    source: str, target: str, ids: tuple[str, ...], assume_finished: bool, allow_loss: bool, as_json: bool
) -> None:
    """Copy ended runs from one project to another, whatever their trackers.

    The URLs are such as trackio:///digits or mlflow+http://localhost:5000/digits. Credentials are taken from where
    the trackers' own libraries take them. A run that was copied before is not copied again, and one that is still
    running is left out. Ends with status 1 if something could not be copied, and says what.

    \b
    Examples:
      zenml-trackers copy trackio:///digits mlflow+http://localhost:5000/digits
      zenml-trackers copy --run a316 trackio:///digits tensorboard:////data/runs
      zenml-trackers copy --json trackio:///digits memory://digits
    """
    from zenml_trackers.cli import copy_report

    with named_errors():
        whole = copy_report.run(source, target, ids, assume_finished, allow_loss, as_json)
    raise SystemExit(not whole)
