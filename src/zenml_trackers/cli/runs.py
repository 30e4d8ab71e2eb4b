"""The command `zenml-trackers runs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from zenml_trackers.cli.errors import named_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenml_trackers.model.records import StoredRun


@click.command()
@click.argument("url", metavar="TRACKER_URL")
@click.option("--run", "run_id", metavar="ID", help="Show all of this run; the beginning of its id is enough.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one run a line.")
def runs(url: str, run_id: str | None, as_json: bool) -> None:
    """Show the runs of a project, whatever its tracker.

    TRACKER_URL is such as trackio:///digits or mlflow+http://localhost:5000/digits. On a terminal the table is as wide
    as that; in a file or a pipe nothing is cut. Ends with status 1 if there is no such project, and says which there
    are.
    """
    from zenml_trackers.cli.projects import say_empty
    from zenml_trackers.model.run_ids import chosen
    from zenml_trackers.tracker import connect

    with named_errors():
        tracker = connect(url)
        found = list(tracker.read())
        if not found:
            say_empty(url, tracker.backend)
            return
        _show(found if run_id is None else [chosen(run_id, found, url)], run_id is not None, as_json)


def _show(runs: Sequence[StoredRun], whole: bool, as_json: bool) -> None:
    if as_json:
        for run in runs:
            click.echo(run.model_dump_json(exclude_none=True))
        return
    from zenml_trackers.cli import run_details, run_table
    from zenml_trackers.cli.terminal import console

    if whole:
        run_details.show(console(), runs[0])
    else:
        run_table.show(console(), runs)
