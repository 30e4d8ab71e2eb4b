"""Runs to copy, and what is stored of them."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import PIL.Image

from tests.support.trackers import OWN
from zenml_trackers import connect
from zenml_trackers.copy.copying import Copying, Place
from zenml_trackers.model.records import (
    Artifact,
    Image,
    Metrics,
    Params,
    Record,
    RunError,
    RunSpec,
    Status,
    Summary,
    Tags,
)
from zenml_trackers.model.stored import StoredRun

HOSTILE = [
    "ünï→🦊",
    "a/b\\c",
    "..",
    "'; DROP TABLE metrics; --",
    "[bold]x[/]",
    " lead\ttab\nline ",
    "%20?#&=",
    "x" * 300,
]
NUMBERS = [0.1, -0.0, 5e-324, 1.7976931348623157e308, 2**63, -(2**63), True, math.nan, math.inf, -math.inf]


def place(url: str) -> Place:
    return Place(url, connect(url).backend)


def store(url: str, spec: RunSpec, *records: Record, status: Status = Status.FINISHED, error: RunError | None = None):
    """Store one run, as a step's tracker would."""
    sink = place(url).backend.open(spec, None)
    sink.write([])
    sink.write(records)
    if status is not Status.RUNNING:
        sink.close(status, error)
    return sink.id


def copied(source: str, target: str) -> Copying:
    copying = Copying(place(source), place(target))
    copying.run()
    return copying


def runs(url: str) -> list[StoredRun]:
    return list(connect(url).read())


def contents(url: str) -> list[Any]:
    """All of each run but what differs between trackers; what was logged at once has no order among itself."""
    return [(_facts(run), _series(run)) for run in runs(url)]


def _facts(run: StoredRun) -> str:
    apart = {*OWN, "origin", "metrics"}
    return repr({**run.model_dump(exclude=apart), "tags": sorted(run.tags)})


def _series(run: StoredRun) -> dict[str, list[Any]]:
    series: dict[str, list[Any]] = defaultdict(list)
    for point in run.metrics:
        series[point.name].append((point.step, "nan" if math.isnan(point.value) else point.value))
    return series


def order(url: str) -> list[Any]:
    return [[(point.name, point.step) for point in run.metrics] for run in runs(url)]


def attached(url: str, run_id: str, folder: Path) -> list[str]:
    folder.mkdir()
    return sorted(repr(_content(record)) for record in connect(url).backend.attachments(run_id, folder))


def _content(record: Record) -> Any:
    match record:
        case Artifact(name=name, path=path) if path.is_dir():
            return name, sorted((str(f.relative_to(path)), f.read_bytes()) for f in path.rglob("*") if f.is_file())
        case Artifact(name=name, path=path):
            return name, path.name, path.read_bytes()
        case Image(name=name, image=image, step=step):
            pixels = PIL.Image.open(image).convert("RGBA")
            return name, step, pixels.size, pixels.tobytes()
    return record


def full_run(index: int) -> tuple[RunSpec, list[Record]]:
    """A run with something of everything that is text or number."""
    spec = RunSpec(
        name=f"run {index} {HOSTILE[index % len(HOSTILE)]}",
        project="ignored",
        tags=(*HOSTILE, f"n{index}"),
        metadata={name: {"nested": [index, None, name]} for name in HOSTILE},
        pipeline="a pipeline",
        pipeline_run=f"pipeline run {index}",
        step="a/step",
        step_run_id=str(uuid4()),
        attempt=index % 3 + 1,
    )
    params = {name: [index, 0.5, True, None, {"deep": name}] for name in (*HOSTILE, "zenml.status", "_private")}
    rows = [Metrics(values={name: NUMBERS[i % len(NUMBERS)]}, step=i - 1) for i, name in enumerate(HOSTILE)]
    more = [Metrics(values={"loss": number, "step": 1, "__x": 2}, step=20) for number in NUMBERS]
    backwards = [Metrics(values={"loss": 1 / (1 + step), "acc": step}, step=step) for step in (30, 29, 7, 7)]
    summary = [Summary(values={"best": 0.5, "nan": math.nan, **{name: name for name in HOSTILE}})]
    return spec, [Params(values=params), Tags(tags=("late",)), *summary, *rows, *more, *backwards]
