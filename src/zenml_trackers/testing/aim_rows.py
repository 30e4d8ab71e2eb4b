"""Aim's own files, opened past Aim's repository: the names and tags by SQL, all else row by row."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import aimrocks
import PIL.Image
from aim.storage.encoding import decode, decode_path, encode_path
from aim.storage.treeutils import decode_tree
from tracker_contracts.observed import ObservedMetric, ObservedRun

from zenml_trackers.testing.labels import labels

RUNS = (
    "SELECT r.hash, r.name, r.description FROM run AS r JOIN experiment AS e ON e.id = r.experiment_id "
    "WHERE e.name = ? ORDER BY r.created_at, r.id"
)
TAGS = (
    "SELECT t.name FROM tag AS t JOIN run_tag AS l ON l.tag_id = t.id JOIN run AS r ON r.id = l.run_id WHERE r.hash = ?"
)
SEQUENCES = "chunks"
BLOBS = "BLOBS"


class Cell(NamedTuple):
    """One value of one sequence: a number, or the content of an image or a table."""

    context: int
    name: str
    key: int
    value: Any


def read(repo: Path, experiment: str) -> list[ObservedRun]:
    """The runs of an experiment, oldest first; none if there is no repository."""
    file = repo / "run_metadata.sqlite"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as database:
        return [
            _observed(repo, run_id, name, description, [tag for (tag,) in database.execute(TAGS, [run_id])])
            for run_id, name, description in database.execute(RUNS, [experiment]).fetchall()
        ]


def _observed(repo: Path, run_id: str, name: str, description: str | None, tags: list[str]) -> ObservedRun:
    meta, sequences = _rows(repo / "meta" / SEQUENCES / run_id), _rows(repo / "seqs" / SEQUENCES / run_id)
    config = _named(_tree(meta, "meta", SEQUENCES, run_id, "attrs"))
    ended = decode(dict(meta)[encode_path(("meta", SEQUENCES, run_id, "end_time"))]) is not None
    contexts = _tree(meta, "meta", SEQUENCES, run_id, "contexts")
    blobs = [(contexts[cell.context]["shows"], cell) for cell in _cells(sequences, BLOBS, "seqs", SEQUENCES, run_id)]
    return ObservedRun(
        id=run_id,
        name=name,
        state=config["zenml.status"] if ended else "running",
        error_type=config.get("zenml.error_type"),
        error_message=config.get("zenml.error_message"),
        tags=tags,
        metadata=config["zenml.metadata"],
        params={
            **{key: config[key] for key in config if not key.startswith("zenml.")},
            **config.get("zenml.params", {}),
        },
        metrics=list(_metrics(sequences, contexts, run_id)),
        step=config.get("zenml.step"),
        attempt=config.get("zenml.attempt"),
        parent=config.get("zenml.parent"),
        artifact_labels=labels(config),
        artifacts=dict(_artifacts(repo / "artifacts" / run_id, config.get("zenml.names", {}))),
        images={
            cell.name: PIL.Image.open(io.BytesIO(cell.value)).convert("RGB").tobytes()
            for kind, cell in blobs
            if kind == "image"
        },
        captions=dict(_captions(sequences, run_id)),
        tables={cell.name: json.loads(cell.value) for kind, cell in blobs if kind == "table"},
        everything=f"{description} {[(decode_path(path), value) for path, value in meta + sequences]}",
    )


def _rows(folder: Path) -> list[tuple[bytes, bytes]]:
    if not folder.exists():
        return []
    rows = aimrocks.DB(str(folder), aimrocks.Options(), read_only=True).iteritems()
    rows.seek_to_first()
    return list(rows)


def _tree(rows: list[tuple[bytes, bytes]], *path: Any) -> Any:
    """The nested maps and lists below a path; an empty map if there is nothing."""
    prefix = encode_path(path)
    below = [(key.removeprefix(prefix), value) for key, value in rows if key.startswith(prefix)]
    return decode_tree(iter(below)) if below else {}


def _named(tree: Any) -> Any:
    """The tree with the keys that have no character, which Aim can't hold."""
    if isinstance(tree, list):
        return [_named(each) for each in tree]
    if isinstance(tree, dict):
        return {"" if key == "zenml.nameless" else key: _named(value) for key, value in tree.items()}
    return tree


def _cells(rows: list[tuple[bytes, bytes]], *path: Any, field: str = "val") -> Iterator[Cell]:
    for encoded, value in rows:
        found = decode_path(encoded)
        context, name, kind, key = (*found[len(path) :], *[None] * 4)[:4]
        if tuple(found[: len(path)]) == path and kind == field and key is not None:
            yield Cell(context, name, key, decode(value))


def _metrics(rows: list[tuple[bytes, bytes]], contexts: Any, run_id: str) -> Iterator[ObservedMetric]:
    """In the order of time; their keys are hashes of their steps. A context may say what the metric was named."""
    path = ("seqs", "v2", SEQUENCES, run_id)
    steps, times = ({cell[:3]: cell.value for cell in _cells(rows, *path, field=field)} for field in ("step", "time"))
    for cell in sorted(_cells(rows, *path), key=lambda cell: float(times[cell[:3]])):
        name = (contexts.get(cell.context) or {}).get("named", cell.name)
        yield ObservedMetric(name=name, step=steps[cell[:3]], value=cell.value)


def _captions(rows: list[tuple[bytes, bytes]], run_id: str) -> Iterator[tuple[str, str]]:
    """Of the images; Aim keeps them beside the pictures, which are in the blobs."""
    path = ("seqs", SEQUENCES, run_id)
    for encoded, value in rows:
        found = decode_path(encoded)
        if tuple(found[: len(path)]) == path and found[-1] == "caption" and (caption := decode(value)):
            yield found[len(path) + 1], caption


def _artifacts(folder: Path, names: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    for path in (path for path in folder.rglob("*") if path.is_file()):
        name, *inside = path.relative_to(folder).parts
        yield "/".join([names.get(name, name), *inside]), path.read_bytes()
