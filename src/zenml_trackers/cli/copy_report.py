"""Copying in a terminal: how far it is, and what came of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from zenml_trackers.cli.projects import say_empty
from zenml_trackers.cli.quiet import quiet
from zenml_trackers.cli.terminal import console, on_terminal
from zenml_trackers.copy.comparison import Loss
from zenml_trackers.copy.copying import Copying, Fate, Place, Summary
from zenml_trackers.tracker import connect

PATIENCE = 60.0
"""Nobody's step waits for a copy, so each request has the most time that there is."""
NAMES_SHOWN = 3
LEFT_OUT = {
    Fate.RUNNING: "still running, and left out; copy again when they have ended",
    Fate.UNKNOWN: "left out, since the source knows no status of them; --assume-finished copies them as finished",
    Fate.INTERRUPTED: "in the target with another status: their copying was interrupted, or they went on since. "
    "Delete them there and copy again",
}


def run(
    source: str, target: str, ids: Iterable[str], assume_finished: bool, allow_loss: bool, as_json: bool = False
) -> bool:
    """Copy the ended runs at one tracker URL to another, say what came of it, and whether all went well.

    Raises:
        TrackerError: A URL is none, the source can't be read, or the target can't be written to.
        RunNotFound: The source has no run of one of the ids, or several.
        UnknownName: The source's project does not exist.
    """
    place = _place(source)
    copying = Copying(place, _place(target), assume_finished)
    try:
        _copy(copying, frozenset(ids))
    except BaseException:
        if copying.summary.fates:
            _say(copying.summary, target, as_json)
        raise
    if not any(copying.summary.fates.values()):
        say_empty(source, place.backend)
    _say(copying.summary, target, as_json)
    return not copying.summary.fates[Fate.INTERRUPTED] and (allow_loss or not copying.summary.losses)


def _place(url: str) -> Place:
    return Place(url, connect(url, deadline=PATIENCE).backend)


def _copy(copying: Copying, ids: frozenset[str]) -> None:
    """Copy with a progress bar on standard error; what the trackers' libraries print meanwhile is not shown."""
    columns = (BarColumn(), TextColumn("{task.completed} runs"), TimeElapsedColumn(), TextColumn("{task.description}"))
    shown = console(stderr=True)
    progress = Progress(*columns, console=shown, transient=True, redirect_stdout=False, disable=not on_terminal(shown))
    with quiet(), progress:
        task = progress.add_task("reading", total=None)
        copying.run(ids, lambda name: progress.update(task, advance=1, description=_escaped(name)))


def _escaped(name: str) -> str:
    """The name on one line, as text and not as markup."""
    return " ".join(name.split()).replace("[", r"\[")


def _say(summary: Summary, target: str, as_json: bool) -> None:
    for line in [_as_json(summary, target)] if as_json else _lines(summary, target):
        click.echo(line)


def _as_json(summary: Summary, target: str) -> str:
    fates = {fate.name.lower(): summary.fates[fate] for fate in Fate}
    return json.dumps({"target": target, **fates, "losses": [loss._asdict() for loss in summary.losses]})


def _lines(summary: Summary, target: str) -> Iterator[str]:
    fates = summary.fates
    yield f"Copied {_runs(len(fates[Fate.COPIED]))} to {target}; {len(fates[Fate.PRESENT])} were there already."
    for fate, meaning in LEFT_OUT.items():
        if names := fates[fate]:
            yield f"{_runs(len(names))} {meaning}: {_some(names)}."
    if summary.losses:
        yield "What the target does not hold, or not as it was:"
        yield from _lost(summary.losses)


def _lost(losses: Iterable[Loss]) -> Iterator[str]:
    """Each thing once, however many runs have it."""
    by_thing: dict[str, list[Loss]] = defaultdict(list)
    for loss in losses:
        by_thing[loss.what].append(loss)
    for what, cases in by_thing.items():
        yield f"  {what}: {cases[0].detail} (in {_some(list(dict.fromkeys(case.run for case in cases)))})"


def _runs(count: int) -> str:
    return f"{count} run" if count == 1 else f"{count} runs"


def _some(names: list[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(map(repr, names[:NAMES_SHOWN])) + (f" and {more} more" if more > 0 else "")
