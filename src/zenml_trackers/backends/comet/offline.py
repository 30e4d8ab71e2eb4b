"""The experiments in a folder, read from Comet's archives and from the folders that are to become archives."""

from __future__ import annotations

import fcntl
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from zenml_trackers.backends.comet.sink import links_of
from zenml_trackers.backends.comet.stored import Asset, CometRun
from zenml_trackers.model.records import Status
from zenml_trackers.model.times import utc

META, MESSAGES = "experiment.json", "messages.json"
UNREADABLE = (OSError, ValueError, KeyError, zipfile.BadZipFile)

Load = Callable[[str], bytes]
"""Gives a file of an experiment by its name."""


def runs(folder: Path, project: str) -> list[CometRun]:
    """The experiments of a project, oldest first; the parts of one that was continued are one."""
    parts = [part for place in _places(folder) if (part := _part(*place)) and part.meta["project_name"] == project]
    found: dict[str, CometRun] = {}
    for archive, meta, messages, load, is_open in sorted(parts, key=lambda part: part.meta["start_time"]):
        new = CometRun(meta["offline_id"], started=utc(meta["start_time"] / 1000))
        run = found.setdefault(meta["offline_id"], new)
        run.links, run.ended = links_of(archive), utc(meta["stop_time"] / 1000)
        run.tags = [*run.tags, *(tag for tag in meta["tags"] if tag not in run.tags)]
        ended = Status.FAILED if meta.get("customer_error_reported") else Status.FINISHED
        run.status = Status.RUNNING if is_open else ended
        for line in _whole(messages):
            _tell(run, json.loads(line), load)
    return list(found.values())


def projects(folder: Path) -> list[str]:
    """The projects of all experiments in a folder."""
    metas = [_meta(load) for _, load, _ in _places(folder)]
    return sorted({str(meta["project_name"]) for meta in metas if meta})


def archive_left(folder: Path, run_id: str) -> None:
    """Make archives of what killed processes left of an experiment, since `comet upload` takes nothing else."""
    for messages in folder.glob(f"{run_id}*/{MESSAGES}"):
        with suppress(OSError), (messages.parent / META).open("rb") as description:  # somebody else may be quicker
            fcntl.flock(description, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _archive(messages.parent)


def _archive(folder: Path) -> None:
    """As Comet would have, but without messages that were torn, which `comet upload` takes for a failure."""
    new = folder.with_suffix(".new")
    with zipfile.ZipFile(new, "w") as archive:
        for file in folder.iterdir():
            if file.name == MESSAGES:
                whole = _whole(file.read_text("utf-8", errors="replace"))
                archive.writestr(MESSAGES, "".join(f"{line}\n" for line in whole))
            else:
                archive.write(file, file.name)
    new.replace(folder.with_suffix(".zip"))
    shutil.rmtree(folder)


def _whole(messages: str) -> Iterator[str]:
    """The lines that can be read: one may be torn, and where a disk was full, the next one is glued to it."""
    for line in messages.split("\n")[:-1]:  # what has no end is being written
        with suppress(ValueError):
            json.loads(line)
            yield line


class Part(NamedTuple):
    """An experiment, or what was added to it when it was continued."""

    archive: Path
    """What its folder becomes in the end, or has become."""
    meta: dict[str, Any]
    messages: str
    load: Load
    is_open: bool


def _places(folder: Path) -> Iterator[tuple[Path, Load, bool]]:
    """Archives, and the folders that are still open; a folder is gone when its archive is whole."""
    open_ones = [file.parent for file in folder.glob(f"*/{MESSAGES}")]
    yield from ((Path(f"{place}.zip"), partial(_from_folder, place), True) for place in open_ones)
    archives = (path for path in folder.glob("*.zip") if path.with_suffix("") not in open_ones)
    yield from ((path, partial(_from_archive, path), False) for path in archives)


def _part(archive: Path, load: Load, is_open: bool) -> Part | None:
    """What is known of the experiment; None if it is only just being made."""
    try:
        return Part(archive, json.loads(load(META)), load(MESSAGES).decode(), load, is_open)
    except UNREADABLE:
        return None


def _meta(load: Load) -> dict[str, Any]:
    """Comet's own description of the experiment; empty if it is only just being made."""
    try:
        return dict(json.loads(load(META)))
    except UNREADABLE:
        return {}


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
