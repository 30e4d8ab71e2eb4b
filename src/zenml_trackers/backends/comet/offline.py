"""The experiments in a folder, read from Comet's archives and from the folders that are to become archives."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from zenml_trackers.backends.comet.stored import Asset, CometRun
from zenml_trackers.records import Status

META, MESSAGES = "experiment.json", "messages.json"

Load = Callable[[str], bytes]
"""Gives a file of an experiment by its name."""


def runs(folder: Path, project: str) -> list[CometRun]:
    """The experiments of a project, oldest first; the parts of one that was continued are one."""
    parts = [part for place in _places(folder) if (part := _part(*place)) and part[0]["project_name"] == project]
    found: dict[str, CometRun] = {}
    for meta, messages, load, is_open in sorted(parts, key=lambda part: part[0]["start_time"]):
        run = found.setdefault(meta["offline_id"], CometRun(meta["offline_id"]))
        run.tags = [*run.tags, *(tag for tag in meta["tags"] if tag not in run.tags)]
        ended = Status.FAILED if meta.get("customer_error_reported") else Status.FINISHED
        run.status = Status.RUNNING if is_open else ended
        for line in messages.split("\n")[:-1]:  # what has no end is being written
            _tell(run, json.loads(line), load)
    return list(found.values())


def _places(folder: Path) -> Iterator[tuple[Load, bool]]:
    """Archives, and the folders that are still open; a folder is gone when its archive is whole."""
    open_ones = [file.parent for file in folder.glob(f"*/{MESSAGES}")]
    yield from ((partial(_from_folder, place), True) for place in open_ones)
    archives = (path for path in folder.glob("*.zip") if path.with_suffix("") not in open_ones)
    yield from ((partial(_from_archive, path), False) for path in archives)


def _part(load: Load, is_open: bool) -> tuple[dict[str, Any], str, Load, bool] | None:
    """What is known of the experiment, its messages, and the place itself; None if it is only just being made."""
    try:
        return json.loads(load(META)), load(MESSAGES).decode(), load, is_open
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _from_folder(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:  # it was archived meanwhile
        return _from_archive(folder.with_suffix(".zip"), name)


def _from_archive(archive: Path, name: str) -> bytes:
    with zipfile.ZipFile(archive) as opened:
        return opened.read(name)


def _tell(run: CometRun, message: dict[str, Any], load: Load) -> None:
    told = message["payload"]
    match message["type"]:
        case "metric_msg":
            metric = told["metric"]
            run.metrics.append((metric["metricName"], metric["step"] or 0, metric["metricValue"]))
        case "parameter_msg" if told["param"]["source"] == "manual":
            run.params[told["param"]["paramName"]] = told["param"]["paramValue"]
        case "log_other" if told["key"] == "Name":
            run.name = told["value"]
        case "file_upload":
            about = told.get("additional_params") or {}
            name = about.get("fileName") or about.get("figName") or ""
            data = partial(load, told["file_path"])
            run.assets.append(Asset(name, told.get("metadata") or {}, about.get("step"), data))
