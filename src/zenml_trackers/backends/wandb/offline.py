"""The runs in a folder, read from W&B's transaction logs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from functools import partial
from itertools import dropwhile
from pathlib import Path
from typing import Any

from zenml_trackers.backends.wandb.log import links, records
from zenml_trackers.backends.wandb.names import PART
from zenml_trackers.backends.wandb.stored import WandbRun
from zenml_trackers.model.records import Status
from zenml_trackers.model.times import utc

EARLIEST = datetime.min.replace(tzinfo=timezone.utc)
PARTS = "wandb/offline-run-*/run-*.wandb"
STILL, PATIENCE = 0.5, 5.0
"""Seconds after which a log that has not grown is taken for whole, and that one which grows is waited for."""


def runs(folder: Path, project: str) -> list[WandbRun]:
    """The runs of a project in a folder, oldest first; the parts of a resumed run are one."""
    parts = [part for file in folder.glob(PARTS) if (part := _part(file, project))]
    found: dict[str, WandbRun] = {}
    for _, began, file, first in sorted(parts, key=lambda part: part[:3]):
        seconds = began / 1e9
        new = WandbRun(first.run_id, first.display_name, Status.RUNNING, started=utc(seconds))
        run = found.setdefault(first.run_id, new)
        run.status, run.links = Status.RUNNING, links(file.parent)
        for record in records(file):
            _tell(run, record, file.parent, seconds)
    return sorted(found.values(), key=lambda run: run.started or EARLIEST)


def wait_for_rest(folder: Path, run_id: str) -> None:
    """Wait until a run's logs don't grow: W&B's process outlives the one that it works for by a moment."""
    until = time.monotonic() + PATIENCE
    files = list(folder.glob(f"wandb/offline-run-*/run-{run_id}.wandb"))
    while time.time() - max((file.stat().st_mtime for file in files), default=0.0) < STILL:
        if time.monotonic() > until:
            return
        time.sleep(STILL / 10)


def projects(folder: Path) -> list[str]:
    """The projects of all runs in a folder, as W&B has them."""
    found = map(_first, folder.glob(PARTS))
    return sorted({first.project for first in found if first is not None})


def _part(file: Path, project: str) -> tuple[int, int, Path, Any] | None:
    """Which part of its run it is, when it began, its file, and W&B's record of the run.

    None if that is another project's, or not written yet.
    """
    first = _first(file)
    if first is None or first.project != project:
        return None
    config = WandbRun(first.run_id, "", Status.RUNNING, config=_items(first.config.update))
    return config.document.get(PART, 0), first.start_time.ToNanoseconds(), file, first


def _first(file: Path) -> Any:
    """W&B's first record of the run; None if it is not written yet."""
    first = next(dropwhile(lambda record: not record.HasField("run"), records(file)), None)
    return first.run if first else None


def _tell(run: WandbRun, record: Any, folder: Path, began: float) -> None:
    match record.WhichOneof("record_type"):
        case "run":
            run.name, run.tags = record.run.display_name, list(record.run.tags)
            run.config.update(_items(record.run.config.update))
        case "config":
            run.config.update(_items(record.config.update))
        case "history":
            run.history.append(_located(_items(record.history.item), folder / "files"))
        case "artifact" if record.artifact.metadata:
            about = json.loads(record.artifact.metadata)
            run.artifacts.append((about, partial(_kept, folder, about)))
        case "exit":
            run.status = Status.FAILED if record.exit.exit_code else Status.FINISHED
            logged = run.history[-1].get("_timestamp", 0) if run.history else 0
            run.ended = utc(max(began + record.exit.runtime, logged))  # W&B counts whole seconds


def _located(row: dict[str, Any], files: Path) -> dict[str, Any]:
    """The row with the places of its pictures and tables."""
    for value in row.values():
        if isinstance(value, dict) and "path" in value:
            value["path"] = str(files / value["path"])
    return row


def _kept(folder: Path, about: Mapping[str, Any], into: Path) -> Path:
    return folder / str(about["kept"])


def _items(items: Iterable[Any]) -> dict[str, Any]:
    """By key; what W&B took apart into nested keys is put together again."""
    found: dict[str, Any] = {}
    for item in items:
        first, *inner = item.nested_key or [item.key]
        value = _value(item.value_json)
        found[first] = {**found.get(first, {}), inner[-1]: value} if inner else value
    return found


def _value(text: str) -> Any:
    return json.loads(text, parse_int=lambda digits: -0.0 if digits == "-0" else int(digits))
