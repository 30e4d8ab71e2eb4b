"""Comet's offline archives, unpacked; a run that was killed left the folder that would have become one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import PIL.Image
from tracker_contracts.observed import ObservedMetric, ObservedRun

from zenml_trackers.testing.labels import labels

SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def read(folder: Path) -> list[ObservedRun]:
    """The runs in a folder, oldest first; what was resumed has several archives."""
    parts = [files for files in (*_archives(folder), *_left_open(folder)) if "messages.json" in files]
    parts.sort(key=lambda files: json.loads(files["experiment.json"])["start_time"])
    found: dict[str, list[dict[str, bytes]]] = {}
    for files in parts:
        found.setdefault(json.loads(files["experiment.json"])["offline_id"], []).append(files)
    return [_observed(run_id, each) for run_id, each in found.items()]


def _archives(folder: Path) -> Iterator[dict[str, bytes]]:
    for path in folder.glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            yield {name: archive.read(name) for name in archive.namelist()}


def _left_open(folder: Path) -> Iterator[dict[str, bytes]]:
    for path in folder.glob("*/"):
        yield {file.name: file.read_bytes() for file in path.iterdir()}


def _observed(run_id: str, parts: list[dict[str, bytes]]) -> ObservedRun:
    messages = [(line, files) for files in parts for line in _messages(files)]
    uploads = [(told["payload"], files) for told, files in messages if told["type"] == "file_upload"]
    document = json.loads([_data(upload) for upload in uploads if _name(upload) == "zenml/document.json"][-1])
    others = {told["payload"]["key"]: told["payload"]["value"] for told, _ in messages if told["type"] == "log_other"}
    logged = [told["payload"]["metric"] for told, _ in messages if told["type"] == "metric_msg"]
    meta = json.loads(parts[-1]["experiment.json"])
    return ObservedRun(
        id=run_id,
        name=others["Name"],
        state=others["zenml.status"],
        error_type=others.get("zenml.error_type"),
        error_message=document.get("zenml.error_message"),
        tags=meta["tags"] or document["zenml.tags"],
        metadata=document["zenml.metadata"],
        params={
            **{key: value for key, value in document.items() if not key.startswith("zenml.")},
            **document.get("zenml.params", {}),
        },
        metrics=list(_metrics(logged, document.get("zenml.names", {}))),
        step=others.get("zenml.step"),
        attempt=others.get("zenml.attempt"),
        parent=others.get("zenml.parent"),
        artifact_labels=labels(document),
        artifacts=dict(_kept(uploads)),
        images={about["name"]: _pixels(upload) for about, upload in _logged(uploads, "image")},
        captions={about["name"]: about["caption"] for about, _ in _logged(uploads, "image") if about.get("caption")},
        tables={about["name"]: _cells(upload) for about, upload in _logged(uploads, "table")},
        everything="\n".join(data.decode(errors="replace") for files in parts for data in files.values()),
    )


def _messages(files: dict[str, bytes]) -> Iterator[dict[str, Any]]:
    """As `comet upload` reads them: it leaves out a line that a full disk tore."""
    for line in files["messages.json"].decode(errors="replace").split("\n"):
        with suppress(ValueError):
            yield json.loads(line)


def _metrics(logged: Iterable[dict[str, Any]], names: dict[str, str]) -> Iterator[ObservedMetric]:
    for metric in logged:
        name, value = metric["metricName"], metric["metricValue"]
        if name != "process duration":  # Comet's own
            yield ObservedMetric(name=names.get(name, name), step=metric["step"], value=SPECIAL.get(value, value))


def _name(upload: tuple[dict[str, Any], dict[str, bytes]]) -> str | None:
    name: str | None = upload[0]["additional_params"].get("fileName")
    return name


def _data(upload: tuple[dict[str, Any], dict[str, bytes]]) -> bytes:
    told, files = upload
    return files[told["file_path"]]


def _logged(uploads: list[Any], kind: str) -> Iterator[tuple[dict[str, Any], Any]]:
    for upload in uploads:
        about = upload[0].get("metadata") or {}
        if about.get("zenml") == kind:
            yield about, upload


def _kept(uploads: list[Any]) -> Iterator[tuple[str, bytes]]:
    for about, upload in _logged(uploads, "artifact"):
        yield f"{about['name']}/{about['inside']}" if about["inside"] else about["name"], _data(upload)


def _pixels(upload: Any) -> bytes:
    with PIL.Image.open(io.BytesIO(_data(upload))) as image:
        return image.convert("RGB").tobytes()


def _cells(upload: Any) -> list[list[Any]]:
    cells = json.loads(_data(upload))
    return [cells["columns"], *cells["rows"]]
