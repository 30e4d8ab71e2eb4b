"""Shows stored runs as a table, and how to see them in Trackio's own dashboard."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from zenml_trackers.cli.terminal import WIDE
from zenml_trackers.model.records import Status
from zenml_trackers.model.stored import StoredRun

COLORS = {Status.FINISHED: "green", Status.FAILED: "red"}


def show(console: Console, runs: Sequence[StoredRun], with_urls: bool) -> None:
    """One row a run. URLs that don't fit beside the rest come below it, where they can be copied."""
    table = _table(runs, with_urls)
    fits = console.measure(table, options=console.options.update(width=WIDE)).maximum <= console.width
    console.print(table if fits else _table(runs, with_urls=False))
    for run in runs if with_urls and not fits else ():
        console.print(f"{run.name}: {run.url}", soft_wrap=True)


def how_to_see(project: str, folder: Path, kept: bool) -> str:
    """The command that opens the dashboard, or how to have one."""
    if not kept:
        return "This folder is thrown away; to see its runs in Trackio's dashboard: zenml-trackers demo --keep DIR"
    command = f"TRACKIO_DIR={shlex.quote(str(folder))} trackio show --project {shlex.quote(project)}"
    return f"To see them in Trackio's dashboard:\n  {command}"


def _table(runs: Sequence[StoredRun], with_urls: bool) -> Table:
    table = Table(show_lines=True)
    headings = ("Run", "Status", "Error", "Tags", "Points", *(["URL"] if with_urls else []))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for run in runs:
        table.add_row(*_cells(run)[: len(headings)])
    return table


def _cells(run: StoredRun) -> tuple[Text, ...]:
    return (
        Text(run.name),
        Text(run.status.value if run.status else "", style=COLORS.get(run.status or Status.RUNNING, "")),
        Text(f"{run.error.type}: {run.error.message}" if run.error else ""),
        Text("\n".join(sorted(run.tags))),
        Text(str(len(run.metrics))),
        Text(run.url or "", style=Style(link=run.url)),
    )
