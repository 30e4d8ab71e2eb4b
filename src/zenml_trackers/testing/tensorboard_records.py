"""TensorBoard's event files, taken apart without TensorBoard's own readers."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import PIL.Image
from tensorboard.compat.proto.event_pb2 import Event
from tracker_contracts.observed import ObservedMetric, ObservedRun

from zenml_trackers.testing.labels import labels

BEFORE, AFTER = 12, 4
"""Bytes around each record: its length and two checksums."""


def read(folder: Path) -> list[ObservedRun]:
    """The runs in a project's folder, in the order in which they began."""
    runs = [path for path in folder.glob("*") if any(path.glob("events*"))]
    return [_observed(path) for path in sorted(runs, key=_began)]


def _began(run: Path) -> float:
    return min(float(event.wall_time) for path in run.glob("events*") for event in _events(path))


def _events(path: Path) -> Iterator[Any]:
    content, at = path.read_bytes(), 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        yield Event.FromString(content[at + BEFORE : at + BEFORE + length])
        at += BEFORE + length + AFTER


def _observed(run: Path) -> ObservedRun:
    events = sorted((event for path in run.glob("events*") for event in _events(path)), key=lambda one: one.wall_time)
    values = [(event.step, value) for event in events for value in event.summary.value]
    config = _document(values)
    params = {key: value for key, value in config.items() if not key.startswith(("zenml.", "_"))}
    return ObservedRun(
        id=run.name,
        name=config["zenml.name"],
        state=config["zenml.status"],
        error_type=config.get("zenml.error_type"),
        error_message=config.get("zenml.error_message"),
        tags=config["zenml.tags"],
        metadata=config["zenml.metadata"],
        params={**params, **config.get("zenml.params", {})},
        metrics=[_metric(step, value) for step, value in values if _plugin(value) == "scalars"],
        step=config.get("zenml.step"),
        attempt=config.get("zenml.attempt"),
        parent=config.get("zenml.parent"),
        artifact_labels=labels(config),
        artifacts=dict(_artifacts(run / "artifacts", config.get("zenml.names", {}))),
        images={value.tag: _pixels(value.tensor) for _, value in values if _plugin(value) == "images"},
        captions={
            value.tag: value.metadata.summary_description
            for _, value in values
            if _plugin(value) == "images" and value.metadata.summary_description
        },
        tables={value.tag: _table(value.tensor) for _, value in values if _is_table(value)},
        everything=repr(values),
    )


def _plugin(value: Any) -> str:
    return str(value.metadata.plugin_data.plugin_name)


def _document(values: list[tuple[int, Any]]) -> dict[str, Any]:
    found = [value.tensor.string_val[0] for _, value in values if _plugin(value) == "text" and value.tag == "zenml"]
    return dict(json.loads(found[-1]))


def _metric(step: int, value: Any) -> ObservedMetric:
    exact = [*value.tensor.bool_val, *value.tensor.int64_val, *value.tensor.uint64_val, *value.tensor.double_val]
    return ObservedMetric(name=value.tag, step=step, value=exact[0] if exact else value.tensor.float_val[0])


def _pixels(tensor: Any) -> bytes:
    return PIL.Image.open(io.BytesIO(tensor.string_val[2])).convert("RGB").tobytes()


def _is_table(value: Any) -> bool:
    return _plugin(value) == "text" and len(value.tensor.tensor_shape.dim) == 2


def _table(tensor: Any) -> list[list[Any]]:
    width = tensor.tensor_shape.dim[1].size
    cells = [_cell(text.decode()) for text in tensor.string_val]
    return [cells[at : at + width] for at in range(0, len(cells), width)]


def _cell(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _artifacts(folder: Path, names: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    for path in (path for path in folder.rglob("*") if path.is_file()):
        name, *inside = path.relative_to(folder).parts
        yield "/".join([names.get(name, name), *inside]), path.read_bytes()
