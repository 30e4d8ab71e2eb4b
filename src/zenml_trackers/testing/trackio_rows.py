"""Trackio's tables and files as observed runs, whether the tables are asked by SQL or through a server."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from packaging.version import Version
from PIL import Image
from tracker_contracts.observed import ObservedMetric, ObservedRun

from zenml_trackers.testing.labels import labels

Rows = list[dict[str, Any]]
Query = Callable[[str], Rows]
"""Answers one `SELECT` on a project's tables."""

KEEPS_ARTIFACTS = Version(version("trackio")) >= Version("0.30")
FEATURES = frozenset(
    {
        "resume",
        "nested",
        "media",
        "values",
        "port",
        "recovery",
        "reconciliation",
        *(["artifacts"] if KEEPS_ARTIFACTS else []),
    }
)
"""What our flavor has, whichever way it was chosen."""
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
ARTIFACTS = (
    "SELECT l.run_id, a.name, CAST(v.manifest AS TEXT) AS manifest, CAST(v.metadata AS TEXT) AS about "
    "FROM run_artifact_links AS l "
    "JOIN artifact_versions AS v ON v.id = l.artifact_version_id JOIN artifacts AS a ON a.id = v.artifact_id "
    "WHERE l.direction = 'output'"
)


def observed(query: Query, folder: Path, project: str) -> list[ObservedRun]:
    """The runs of a project, oldest first.

    Args:
        query: What answers for the tables.
        folder: Trackio's folder, where the files are.
        project: The project's name.
    """
    configs = {
        row["run_id"]: row["config"] for row in query("SELECT run_id, CAST(config AS TEXT) AS config FROM configs")
    }
    runs: dict[str, ObservedRun] = {}
    for row in query("SELECT run_id, run_name, step, CAST(metrics AS TEXT) AS metrics FROM metrics ORDER BY id"):
        if row["run_id"] not in runs:
            runs[row["run_id"]] = _run(row["run_id"], row["run_name"], configs.get(row["run_id"], "{}"))
        _add_row(runs[row["run_id"]], row, folder / "media")
    for row in query("SELECT run_id, title, text FROM alerts"):
        runs[row["run_id"]].everything += f"\n{row['title']} {row['text']}"
    for row in query(ARTIFACTS) if KEEPS_ARTIFACTS else ():
        blobs = folder / "artifacts" / project / "blobs" / "sha256"
        about = json.loads(row["about"] or "{}")
        files = _files(json.loads(row["manifest"]), about.get("zenml.paths", {}), blobs)
        runs[row["run_id"]].artifacts.update(_named(about.get("zenml.name", row["name"]), files, about))
    return list(runs.values())


def _run(run_id: str, name: str, stored: str) -> ObservedRun:
    config = json.loads(stored)
    own = {key: value for key, value in config.items() if not key.startswith(("_", "zenml."))}
    return ObservedRun(
        id=run_id,
        name=name,
        state=config.get("zenml.status"),
        error_type=config.get("zenml.error_type"),
        error_message=config.get("zenml.error_message"),
        tags=config.get("zenml.tags", []),
        metadata=config.get("zenml.metadata", {}),
        params={**own, **config.get("zenml.params", {})},
        step=config.get("zenml.step"),
        attempt=config.get("zenml.attempt"),
        parent=config.get("zenml.parent"),
        artifact_labels=labels(config),
        everything=stored,
    )


def _add_row(run: ObservedRun, row: dict[str, Any], media: Path) -> None:
    run.everything += f"\n{row['metrics']}"
    for name, value in json.loads(row["metrics"]).items():
        match value:
            case {"_type": "trackio.image", "file_path": path, "caption": caption}:
                run.images[name] = Image.open(media / path).convert("RGB").tobytes()
                run.captions.update({name: caption} if caption else {})
            case {"_type": "trackio.table", "_value": rows}:
                run.tables[name] = [list(rows[0]), *(list(cells.values()) for cells in rows)]
            case _:
                number = SPECIAL.get(value, value) if isinstance(value, str) else value
                run.metrics.append(ObservedMetric(name=name.removeprefix("__"), step=row["step"], value=number))


def _files(manifest: list[dict[str, Any]], paths: dict[str, str], blobs: Path) -> dict[str, bytes]:
    """The files of an artifact by path."""
    contents = {entry["path"]: blobs / entry["digest"][:2] / entry["digest"] for entry in manifest}
    return {paths.get(path, path): blob.read_bytes() for path, blob in contents.items()}


def _named(artifact: str, files: dict[str, bytes], about: dict[str, Any]) -> dict[str, bytes]:
    """Trackio itself does not tell a folder that holds one file from the file."""
    if len(files) == 1 and not about.get("zenml.folder"):
        return {artifact: next(iter(files.values()))}
    return {f"{artifact}/{path}": content for path, content in files.items()}
