"""Runs in a terminal, whatever their tracker."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
from rich.console import Console
from rich.table import Column, Table

from zenml_trackers.backend import Backend
from zenml_trackers.errors import RunNotFound
from zenml_trackers.records import StoredRun
from zenml_trackers.session import DEFAULT_PROJECT, connect


def show(url: str, run_id: str | None, as_json: bool) -> None:
    """Print the runs at a tracker URL, or all of one.

    Raises:
        TrackerError: They can't be read.
        RunNotFound: There is no run of this id.
    """
    backend = connect(url).backend
    runs = [run for run in backend.read() if run_id in (None, run.id)]
    if run_id is not None and not runs:
        raise RunNotFound(f"{url} has no run with the id {run_id!r}; without --run all are listed")
    if not runs:
        say_empty(url, backend)
    elif as_json:
        for run in runs:
            click.echo(run.model_dump_json(exclude_none=True))
    elif run_id is None:
        Console().print(_overview(runs))
    else:
        Console().print(_details(runs[0]))


def say_empty(url: str, backend: Backend) -> None:
    """Say on standard error which project has no runs: it may not be the one that was meant."""
    project = getattr(backend, "project", "")
    where = f" in the project {project!r}" if project else ""
    default = ", which is meant where the URL names none; add ?project=NAME" if project == DEFAULT_PROJECT else ""
    click.echo(f"{url} has no runs{where}{default}.", err=True)


def _overview(runs: list[StoredRun]) -> Table:
    table = Table(Column("id", no_wrap=True), "run", "status", "last values", "tags")
    for run in runs:
        table.add_row(run.id, run.name, _status(run), ", ".join(_last_values(run)), ", ".join(sorted(run.tags)))
    return table


def _details(run: StoredRun) -> Table:
    table = Table(show_header=False)
    facts = run.model_dump(mode="json", exclude={"metrics", "error"}, exclude_none=True)
    for name, value in facts.items():
        table.add_row(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    if run.error:
        table.add_row("error", f"{run.error.type}: {run.error.message}")
    table.add_row("metrics", "\n".join(_last_values(run)))
    return table


def _last_values(run: StoredRun) -> Iterator[str]:
    last = {point.name: point for point in run.metrics}
    return (f"{name}={point.value:g} at {point.step}" for name, point in last.items())


def _status(run: StoredRun) -> str:
    return run.status.value if run.status else "unknown"
