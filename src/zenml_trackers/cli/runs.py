"""The command `zenml-trackers runs`."""

from __future__ import annotations

import click

from zenml_trackers.cli.errors import named_errors


@click.command()
@click.argument("url", metavar="TRACKER_URL")
@click.option("--run", "run_id", metavar="ID", help="Show all of this run.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one run a line.")
def runs(url: str, run_id: str | None, as_json: bool) -> None:
    """Show the runs of a project, whatever its tracker.

    TRACKER_URL is such as trackio:///digits or mlflow+http://localhost:5000/digits.
    """
    from zenml_trackers import listing

    with named_errors():
        listing.show(url, run_id, as_json)
