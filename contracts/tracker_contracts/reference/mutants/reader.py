"""What the reference stored, read from its files line by line; nothing of the tracker's own code is used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracker_contracts.observed import ObservedMetric, ObservedRun

Record = dict[str, Any]


def observed(records: list[Record], file: Path) -> ObservedRun:
    """The run that a file tells of."""
    first = records[0]
    run = ObservedRun(id=file.stem, name=first["name"], state="running", parent=first.get("parent"))
    run.everything = "\n".join(map(str, records))
    for record in records:
        _READERS[record["kind"]](run, record, file.parent)
    return run


def _start(run: ObservedRun, record: Record, folder: Path) -> None:
    run.state, run.step, run.attempt = "running", record.get("step"), record.get("attempt")
    run.metadata.update(record.get("metadata", {}))
    run.tags += record.get("tags", [])


def _end(run: ObservedRun, record: Record, folder: Path) -> None:
    run.state = record["state"]
    run.error_type, run.error_message = record.get("error_type"), record.get("error_message")


def _metrics(run: ObservedRun, record: Record, folder: Path) -> None:
    run.metrics += [
        ObservedMetric(name=name, step=record["step"], value=value) for name, value in record["values"].items()
    ]


def _params(run: ObservedRun, record: Record, folder: Path) -> None:
    run.params.update(record["values"])


def _tags(run: ObservedRun, record: Record, folder: Path) -> None:
    run.tags += record["tags"]


def _artifact(run: ObservedRun, record: Record, folder: Path) -> None:
    kept = folder / record["file"]
    for file in [kept] if kept.is_file() else [each for each in kept.rglob("*") if each.is_file()]:
        where = "" if file == kept else f"/{file.relative_to(kept).as_posix()}"
        run.artifacts[record["name"] + where] = file.read_bytes()


def _labels(run: ObservedRun, record: Record, folder: Path) -> None:
    run.artifact_labels[record["name"]] = record["labels"]


def _image(run: ObservedRun, record: Record, folder: Path) -> None:
    run.images[record["name"]] = (folder / record["file"]).read_bytes().partition(b"\n")[2]
    if record["caption"]:
        run.captions[record["name"]] = record["caption"]


def _table(run: ObservedRun, record: Record, folder: Path) -> None:
    run.tables[record["name"]] = record["rows"]


_READERS = {
    "start": _start,
    "end": _end,
    "metrics": _metrics,
    "params": _params,
    "tags": _tags,
    "artifact": _artifact,
    "labels": _labels,
    "image": _image,
    "table": _table,
}
