"""The command `zenml-trackers runs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from zenml_trackers.cli.errors import named_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenml_trackers.model.stored import StoredRun
    from zenml_trackers.port.backend import Backend


STATUSES = ["running", "finished", "failed"]
"""As `Status` has them, which takes more time to be imported than `--help` needs."""
PAGE = 50
"""Runs that a terminal shows, unless it is told how many."""


@click.command()
@click.argument("url", metavar="TRACKER_URL")
@click.option("--run", "run_id", metavar="ID", help="Show all of this run; the beginning of its id is enough.")
@click.option("--status", type=click.Choice(STATUSES), help="Show runs of this status only.")
@click.option("--pipeline", metavar="NAME", help="Show runs of this pipeline only.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help=f"Show the newest N runs; a terminal shows {PAGE}."
)
@click.option("--all", "no_limit", is_flag=True, help="Show all runs on a terminal, too.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one run a line.")
def runs(
    url: str,
    run_id: str | None,
    status: str | None,
    pipeline: str | None,
    limit: int | None,
    no_limit: bool,
    as_json: bool,
) -> None:
    """Show the runs of a project, whatever its tracker, the newest first.

    TRACKER_URL is such as trackio:///digits or mlflow+http://localhost:5000/digits. On a terminal the table is as wide
    as that; in a file or a pipe nothing is cut. Ends with status 1 if there is no such project, and says which there
    are.

    \b
    Examples:
      zenml-trackers runs trackio:///digits
      zenml-trackers runs trackio:///digits --run a316
      zenml-trackers runs mlflow+http://localhost:5000/digits --status failed --json
    """
    from zenml_trackers.cli.projects import say_empty
    from zenml_trackers.cli.terminal import console, on_terminal
    from zenml_trackers.tracker import connect

    if no_limit:
        limit = None
    elif limit is None and not as_json and on_terminal(console()):
        limit = PAGE
    with named_errors():
        backend = connect(url).backend
        there = list(backend.read() if as_json and run_id is None else backend.overview())
        if not there:
            say_empty(url, backend)
        elif run_id is not None:
            _show([_whole(run_id, there, url, backend)], there, True, as_json)
        else:
            found = [run for run in reversed(there) if _is_wanted(run, status, pipeline)]
            _show(found[:limit], there, False, as_json)
            _say_how_many(found, limit, len(there))


def _is_wanted(run: StoredRun, status: str | None, pipeline: str | None) -> bool:
    return status in (None, run.status) and pipeline in (None, run.pipeline)


def _whole(asked: str, there: Sequence[StoredRun], url: str, backend: Backend) -> StoredRun:
    """The run that was asked for, with its metrics."""
    from zenml_trackers.model.run_ids import chosen

    run = chosen(asked, there, url)
    return backend.find(run.id) or run  # it may be deleted just now


def _say_how_many(found: Sequence[StoredRun], limit: int | None, all_of_them: int) -> None:
    if not found:
        click.echo(f"None of the {all_of_them} runs matches these options.", err=True)
    elif limit is not None and limit < len(found):
        click.echo(f"These are the newest {limit} of {len(found)} runs; --all shows all.", err=True)


def _show(runs: Sequence[StoredRun], there: Sequence[StoredRun], whole: bool, as_json: bool) -> None:
    if as_json:
        for run in runs:
            click.echo(run.model_dump_json(exclude_none=True))
        return
    from zenml_trackers.cli import run_details, run_table
    from zenml_trackers.cli.terminal import console

    if whole:
        run_details.show(console(), runs[0])
    else:
        run_table.show(console(), runs, there)
