"""All of one run: its facts, its params and metadata, and a table of its metrics."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console
from rich.text import Text

from zenml_trackers.cli import shown
from zenml_trackers.cli.columns import Column, fitted, in_full, lines
from zenml_trackers.cli.run_table import COLORS
from zenml_trackers.cli.sparkline import NO_NUMBER, Number, can_draw, sparkline
from zenml_trackers.cli.terminal import on_terminal
from zenml_trackers.model.records import Used
from zenml_trackers.model.stored import StoredArtifact, StoredRun
from zenml_trackers.model.values.params import leaves

LONGEST_LABEL = 28
LONGEST_TREND = 40


def show(console: Console, run: StoredRun) -> None:
    """Print all of the run; no fact is cut."""
    exact = not on_terminal(console)
    parts = [
        _labelled(_facts(run, exact)),
        _part("params", _labelled(leaves(run.params))),
        _part("metadata", _labelled(leaves(run.metadata))),
        _part("summary", _labelled(run.summary.items())),
        _part("metrics", _metrics(run, console, exact)),
    ]
    for line in (line for part in parts for line in part):
        console.print(line, soft_wrap=True)


def _facts(run: StoredRun, exact: bool) -> Iterator[tuple[str, Any]]:
    yield "id", run.id
    yield "name", run.name
    yield "status", Text(shown.status(run), COLORS.get(shown.status(run), "dim"))
    facts = {
        "error": shown.error(run),
        "project": run.project,
        "pipeline": run.pipeline,
        "pipeline run": run.pipeline_run,
        "step": run.step,
        "step run id": run.step_run_id,
        "attempt": run.attempt,
        "started": shown.moment(run.started, exact),
        "ended": shown.moment(run.ended, exact),
        "duration": shown.duration(run),
        "tags": ", ".join(sorted(run.tags)),
        "alerts": "\n".join(f"{alert.level}: {alert.title} {alert.text}".rstrip() for alert in run.alerts),
        "artifacts": "\n".join(map(_artifact, run.artifacts)),
        "used": "\n".join(map(_used, run.used)),
        "child of": run.parent,
        "url": run.url,
        "show with": run.show_command,
        "copy of": run.origin,
    }
    yield from ((label, fact) for label, fact in facts.items() if fact not in (None, ""))


def _artifact(artifact: StoredArtifact) -> str:
    labels = ", ".join(filter(None, (artifact.type, *artifact.aliases)))
    return shown.one_line(f"{artifact.name} ({labels})" if labels else artifact.name)


def _used(used: Used) -> str:
    return shown.one_line(f"{used.name}{used.alias and f':{used.alias}'} of {used.run_name or used.run}")


def _labelled(facts: Iterable[tuple[str, Any]]) -> Iterator[Text]:
    """A line a fact; more lines of one are indented."""
    named = [(shown.one_line(label), fact) for label, fact in facts]
    width = min(max((len(label) for label, _ in named), default=0), LONGEST_LABEL)
    for label, fact in named:
        first, *more = [fact] if isinstance(fact, Text) else [Text(line) for line in shown.plain(fact).split("\n")]
        yield Text.assemble((f"{label:{width}}  ", "bold"), first)
        yield from (Text(" " * (width + 2)) + line for line in more)


def _part(heading: str, content: Iterator[Text]) -> Iterator[Text]:
    """The lines below a heading; nothing if there are none."""
    found = list(content)
    if found:
        yield from (Text(), Text(heading, "bold underline"), *found)


def _metrics(run: StoredRun, console: Console, exact: bool) -> Iterator[Text]:
    series: dict[str, list[Number]] = defaultdict(list)
    for point in run.metrics:
        series[point.name].append(point.value)
    columns = _columns(series, exact, can_draw(console)) if series else []
    widths = in_full(columns) if exact else fitted(columns, console.width)
    yield from lines(columns, widths)
    drawn = [column for column in columns if isinstance(column, Trend) and column.heading in widths]
    if any(NO_NUMBER in cell for column in drawn for cell in column.cells):
        yield Text(f"{NO_NUMBER} stands where a NaN or an infinity was logged.", "dim")


def _columns(series: Mapping[str, Sequence[Number]], exact: bool, drawn: bool) -> list[Column]:
    values = list(series.values())
    comparable = [[each for each in some if each == each] or [math.nan] for some in values]  # all but NaN
    numbers = partial(_numbers, exact=exact)
    return [
        Column("metric", [shown.one_line(name) for name in series], least=16, cut=shown.cut_in_the_middle),
        Column("count", [str(len(some)) for some in values], rank=3, right=True),
        numbers("first", [some[0] for some in values], rank=4),
        numbers("last", [some[-1] for some in values], rank=0),
        numbers("min", [min(some) for some in comparable], rank=1),
        numbers("max", [max(some) for some in comparable], rank=1),
        *([Trend.of(values)] if drawn else []),
    ]


def _numbers(heading: str, values: Sequence[Number], exact: bool, rank: int) -> Column:
    return Column(heading, [shown.number(value, exact) for value in values], rank=rank, right=True)


@dataclass(frozen=True)
class Trend(Column):
    """A line of blocks for each metric, drawn anew for each width."""

    series: Sequence[Sequence[Number]] = ()

    @classmethod
    def of(cls, series: Sequence[Sequence[Number]]) -> Trend:
        """That of these series."""
        return cls("trend", [sparkline(some, LONGEST_TREND) for some in series], rank=2, least=8, series=series)

    def in_width(self, width: int) -> Sequence[str]:
        """The lines, none of them longer than that."""
        return [sparkline(some, width) for some in self.series]
