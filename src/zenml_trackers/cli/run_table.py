"""Runs as a table, a row a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from zenml_trackers.cli import shown
from zenml_trackers.cli.columns import Column, fitted, in_full, lines
from zenml_trackers.cli.shown import cut, cut_in_the_middle
from zenml_trackers.cli.terminal import on_terminal
from zenml_trackers.model.run_ids import short_ids
from zenml_trackers.model.stored import StoredRun

COLORS = {"finished": "green", "failed": "red", "running": "yellow"}
SOME_ERROR = 50
"""Characters without which an error is better below its row."""
MOST_OF_AN_ID = 3
"""Of how many parts of the width an id may take one; longer ones are below their rows."""
INDENT = 2


def show(console: Console, runs: Sequence[StoredRun], there: Sequence[StoredRun]) -> None:
    """Print runs out of all that are `there`: as the width allows on a terminal, else in full."""
    rows = _on_terminal(runs, there, console.width) if on_terminal(console) else _in_full(runs)
    for line in rows:
        if console.is_terminal:  # or treated as one, for its colours
            console.print(line, soft_wrap=True)
        else:
            console.file.write(line.plain + "\n")  # in a tenth of the time


def _in_full(runs: Sequence[StoredRun]) -> Iterator[Text]:
    columns = _columns(runs, [run.id for run in runs], exact=True)
    return lines(columns, in_full(columns))


def _on_terminal(runs: Sequence[StoredRun], there: Sequence[StoredRun], width: int) -> Iterator[Text]:
    """What has no place in a row is on lines of its own below."""
    ids = [run.id for run in there]
    short = dict(zip(ids, short_ids(ids), strict=True))  # which one may ask for by itself
    columns = [column for column in _columns(runs, [short[run.id] for run in runs]) if any(column.cells)]
    if columns[0].widest > width // MOST_OF_AN_ID:
        columns = columns[1:]
    widths = fitted(columns, width)
    headings, *rows = lines(columns, widths)
    yield headings
    for run, row in zip(runs, rows, strict=True):
        yield row
        if "id" not in widths:
            yield Text(" " * INDENT + shown.one_line(run.id), "dim")
        if run.error and "error" not in widths:
            indent = widths.get("id", 0) + INDENT
            yield Text(" " * indent + cut(shown.one_line(shown.error(run)), width - indent), "red")


def _columns(runs: Sequence[StoredRun], ids: Sequence[str], exact: bool = False) -> list[Column]:
    names = [shown.one_line(run.name) for run in runs]
    pipelines = [shown.one_line(run.pipeline or "") for run in runs]
    steps = [shown.one_line(run.step or "") for run in runs]
    started = [shown.moment(run.started, exact) if exact else shown.short_moment(run.started) for run in runs]
    errors = [shown.one_line(shown.error(run)) for run in runs]
    return [
        Column("id", [shown.one_line(id) for id in ids]),
        Column("name", names, least=16, cut=cut_in_the_middle),
        Column("status", [shown.status(run) for run in runs], style=lambda status: COLORS.get(status, "dim")),
        Column("pipeline", pipelines, rank=4, least=10, cut=cut_in_the_middle),
        Column("step", steps, rank=3, least=10, cut=cut_in_the_middle),
        Column("started", started, rank=2),
        Column("duration", [shown.duration(run) for run in runs], rank=1, right=True),
        Column("error", errors, rank=5, least=SOME_ERROR, style=lambda error: "red"),
    ]
