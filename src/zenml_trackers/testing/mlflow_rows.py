"""MLflow's SQLite file and its folder of artifacts as observed runs, read past MLflow."""

from __future__ import annotations

import json
import math
import re
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import PIL.Image
from tracker_contracts.observed import ObservedMetric, ObservedRun, State

from zenml_trackers.testing.labels import labels

STATES: dict[str, State] = {"RUNNING": "running", "FINISHED": "finished", "FAILED": "failed"}
RUNS = """
    SELECT runs.run_uuid, runs.status, runs.artifact_uri FROM runs JOIN experiments USING (experiment_id)
    WHERE experiments.name = ? AND runs.lifecycle_stage = 'active' ORDER BY runs.rowid
"""
METRICS = "SELECT key, step, value, is_nan, timestamp FROM metrics WHERE run_uuid = ? ORDER BY timestamp, rowid"
IMAGE = re.compile(r"images/([^+]+)\+step\+-?\d+\+timestamp\+\d+\+[^+]*\.png")
CAPTION = "Description"
TABLE = re.compile(r"tables/([^/]+)/.*\.json")


def observed(file: Path, experiment: str, root: Path | None = None) -> list[ObservedRun]:
    """The runs of an experiment, oldest first; none if there is no file yet.

    Args:
        file: The database.
        experiment: Its name.
        root: Where a server keeps artifacts, if one does.
    """
    if not file.exists():
        return []
    with closing(sqlite3.connect(file)) as database:
        return [_run(database, root, *found) for found in database.execute(RUNS, [experiment]).fetchall()]


def _run(database: sqlite3.Connection, root: Path | None, run_id: str, status: str, artifacts: str) -> ObservedRun:
    tags = dict(database.execute("SELECT key, value FROM tags WHERE run_uuid = ?", [run_id]).fetchall())
    params = database.execute("SELECT key, value FROM params WHERE run_uuid = ?", [run_id]).fetchall()
    config = _document(tags)
    own = {key: value for key, value in config.items() if not key.startswith(("zenml.", "_"))}
    folder = root / artifacts.removeprefix("mlflow-artifacts:/").lstrip("/") if root else Path(artifacts)
    return ObservedRun(
        id=run_id,
        name=config["zenml.run_name"],
        state=STATES.get(status),
        error_type=tags.get("zenml.error_type"),
        error_message=config.get("zenml.error_message"),
        tags=config["zenml.tags"],
        metadata=config["zenml.metadata"],
        params={**own, **config.get("zenml.params", {})},
        metrics=_metrics(database, run_id, config),
        step=tags.get("zenml.step"),
        attempt=config.get("zenml.attempt"),
        parent=config.get("zenml.parent"),
        artifact_labels=labels(config),
        everything=f"{tags} {params}",
        **_files(folder, config),
    )


def _document(tags: Mapping[str, str]) -> dict[str, Any]:
    """The JSON that is kept in tags, one part after the other; older parts may be left behind it."""
    numbered = (tags.get(f"zenml.document.{number}", "") for number in range(1, len(tags)))
    config: dict[str, Any] = json.JSONDecoder().raw_decode("".join([tags["zenml.document"], *numbered]))[0]
    return config


def _metrics(database: sqlite3.Connection, run_id: str, config: Mapping[str, Any]) -> list[ObservedMetric]:
    names, largest = config.get("zenml.names", {}), config.get("zenml.largest", [])
    found = []
    for key, step, value, is_nan, time in database.execute(METRICS, [run_id]).fetchall():
        infinite = abs(value) == sys.float_info.max and [key, time] not in largest
        number = math.nan if is_nan else math.copysign(math.inf, value) if infinite else value
        found.append(ObservedMetric(name=names.get(key, key), step=step, value=number))
    return found


def _files(folder: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    names, kept = config.get("zenml.names", {}), config.get("zenml.kept", {})
    found: dict[str, dict[str, Any]] = {"artifacts": {}, "images": {}, "captions": {}, "tables": {}}
    for path in (path for path in sorted(folder.rglob("*")) if path.is_file()):
        inside = path.relative_to(folder).as_posix()
        if image := IMAGE.fullmatch(inside):
            name, picture = names.get(image[1], image[1]), PIL.Image.open(path)
            found["images"][name] = picture.convert("RGB").tobytes()
            found["captions"].update({name: picture.info[CAPTION]} if CAPTION in picture.info else {})
        elif table := TABLE.fullmatch(inside):
            stored = json.loads(path.read_text())
            found["tables"][names.get(table[1], table[1])] = [stored["columns"], *stored["data"]]
        elif owner := next((each for each in kept if inside == each or inside.startswith(f"{each}/")), None):
            found["artifacts"][kept[owner] + inside.removeprefix(owner)] = path.read_bytes()
    return found


@contextmanager
def locked(file: Path) -> Any:
    """As if another program wrote to the file for a long time."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
