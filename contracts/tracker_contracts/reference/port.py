"""What the reference tracker offers beside a step: its runs read back, a configuration tested, runs copied."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracker_contracts.observed import ObservedMetric, ObservedRun
from tracker_contracts.reference.surroundings import answers

PATIENCE = 2.0
"""Seconds that a server has to answer."""


class Unfit(OSError):
    """No run can be stored with a configuration; the message says why, and the way out."""


def runs(folder: Path) -> Iterator[ObservedRun]:
    """All runs of a folder, as the tracker's users are given them."""
    for file in folder.glob("*.jsonl"):
        records = [json.loads(line) for line in file.read_text().splitlines()]
        yield run_of(file, records)


def run_of(file: Path, records: list[dict[str, Any]]) -> ObservedRun:
    """The run that a file's records tell of."""
    start, end = records[0], next((each for each in reversed(records) if each["kind"] == "end"), {})
    params: dict[str, Any] = {}
    for each in of_kind(records, "params"):
        params |= each["values"]
    return ObservedRun(
        id=file.stem,
        name=start["name"],
        state=end.get("state", "running"),
        error_type=end.get("error_type"),
        error_message=end.get("error_message"),
        tags=[tag for each in records for tag in each.get("tags", ())],
        metadata=start.get("metadata", {}),
        params=params,
        metrics=[metric for each in of_kind(records, "metrics") for metric in metrics_of(each)],
        step=start.get("step"),
        attempt=start.get("attempt"),
        artifacts=dict(content for each in of_kind(records, "artifact") for content in contents(each, file.parent)),
        artifact_labels={each["name"]: each["labels"] for each in of_kind(records, "labels")},
        images={each["name"]: pixels(file.parent / each["file"]) for each in of_kind(records, "image")},
        captions={each["name"]: each["caption"] for each in of_kind(records, "image") if each["caption"]},
        tables={each["name"]: each["rows"] for each in of_kind(records, "table")},
    )


def contents(record: dict[str, Any], folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of an artifact by its name, and by their path if it is a folder."""
    kept = folder / record["file"]
    if kept.is_file():
        yield record["name"], kept.read_bytes()
    for file in filter(Path.is_file, kept.rglob("*")):
        yield f"{record['name']}/{file.relative_to(kept).as_posix()}", file.read_bytes()


def pixels(file: Path) -> bytes:
    """Those of an image, after the line that says how large it is."""
    return file.read_bytes().partition(b"\n")[2]


def of_kind(records: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    """The records of one kind."""
    return (each for each in records if each["kind"] == kind)


def metrics_of(record: dict[str, Any]) -> Iterator[ObservedMetric]:
    """The values of one record."""
    for name, value in record["values"].items():
        yield ObservedMetric(name=name, step=record["step"], value=value)


def projects(folder: Path) -> set[str]:
    """Those that have runs in a folder."""
    return {json.loads(file.read_text().partition("\n")[0])["project"] for file in folder.glob("*.jsonl")}


def check(config: Mapping[str, Any]) -> None:
    """See that runs can be stored.

    Raises:
        Unfit: They can't be.
    """
    url, folder = config.get("base_url"), Path(config["folder"])
    if url is not None and not answers(url, PATIENCE):
        raise Unfit(f"no server answers at {url}; start it, or leave base_url out")
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        raise Unfit(f"{there} can't be written to; give another folder")


def copy(folder: Path, to: Path) -> list[str]:
    """Copy all runs by way of this process's memory; nothing is lost."""
    held = {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    for place, content in held.items():
        (to / place).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        (to / place).write_bytes(content)
    return []
