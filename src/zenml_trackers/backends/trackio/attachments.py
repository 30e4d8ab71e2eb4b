"""What was kept with a run of Trackio's: artifacts from its tables, pictures and tables from the rows of its metrics.

Uses the tables `run_artifact_links`, `artifact_versions` and `artifacts` and `trackio.cas` (Trackio 0.30 to 0.43), and
the form in which a row holds a picture or a table (0.24 to 0.43).
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import trackio
from trackio.utils import deserialize_values

from zenml_trackers.backends.trackio.store import Store, quoted
from zenml_trackers.errors import TrackerError
from zenml_trackers.model.naming import Names
from zenml_trackers.model.records import Artifact, Image, Logged, Table

logger = logging.getLogger("zenml_trackers")

NAME = "zenml.name"
"""In an artifact's metadata: its name, if Trackio takes no such name; then it has one like it, with a hash."""
PATHS = "zenml.paths"
"""In an artifact's metadata: the paths in it that Trackio does not take, by those that they have there."""
FOLDER = "zenml.folder"
"""Set in an artifact's metadata if a folder was logged: Trackio does not tell one that holds one file from the file."""
EMPTY = "zenml.empty"
"""The name of a file without content: Trackio takes no artifact without files."""
REFUSED, REFUSED_IN_PATHS = r"[^A-Za-z0-9._-]|^$|^\.+$", r"[\\\0]|^[A-Za-z]:"
LONGEST, LONGEST_PATH = 128, 4096
COLUMNS = "columns"
"""Beside a table's rows: Trackio's own would lose the columns of a table without rows."""
HAS_ARTIFACTS = "SELECT name FROM sqlite_master WHERE name = 'run_artifact_links'"
ARTIFACTS = """
SELECT a.name, CAST(v.manifest AS TEXT) AS manifest, CAST(v.metadata AS TEXT) AS metadata
FROM run_artifact_links AS l
JOIN artifact_versions AS v ON v.id = l.artifact_version_id JOIN artifacts AS a ON a.id = v.artifact_id
WHERE l.direction = 'output' AND l.run_id = {run_id} GROUP BY v.id ORDER BY MAX(l.id)
"""


class NamedTable(trackio.Table):  # type: ignore[misc]  # Trackio ships no types
    """A table that is stored with all its columns, also those of one name."""

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        super().__init__(columns=_distinct(columns), data=[list(row) for row in rows])
        self._columns = list(columns)

    def _to_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super()._to_dict(*args, **kwargs), COLUMNS: self._columns}


@contextmanager
def new_artifact(name: str, path: Path) -> Iterator[Any]:
    """An artifact of Trackio's that holds a file or a folder, to be logged before the block is left.

    Raises:
        ValueError: There is neither at `path`.
    """
    stored, paths = Names(REFUSED, LONGEST).stored(name), Names(REFUSED_IN_PATHS, LONGEST_PATH)
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    inside = {paths.stored(str(file.relative_to(path)) if file != path else path.name): file for file in files}
    about = {NAME: name if stored != name else None, PATHS: paths.receipt, FOLDER: path.is_dir()}
    artifact = trackio.Artifact(stored, "unspecified", metadata={key: value for key, value in about.items() if value})
    with tempfile.NamedTemporaryFile() as empty:
        for logical, file in (inside or {EMPTY: Path(empty.name)}).items():
            artifact.add_file(file, logical)
        yield artifact


def artifacts(store: Store, run_id: str, folder: Path) -> Iterator[Artifact]:
    """The files and folders that a run logged, fetched into `folder`; of the versions of one, that logged last."""
    if not store.query(HAS_ARTIFACTS):
        return
    last = {row["name"]: row for row in store.query(ARTIFACTS.format(run_id=quoted(run_id)))}
    for index, row in enumerate(last.values()):
        place = folder / f"artifact-{index}"
        place.mkdir()
        about = json.loads(row["metadata"] or "{}")
        name = about.get(NAME, row["name"])
        entries = [entry for entry in json.loads(row["manifest"]) if entry["path"] != EMPTY]
        files = [_file(store, name, entry, place, about.get(PATHS, {})) for entry in entries]
        single = len(files) == 1 and not about.get(FOLDER)
        yield Artifact(name=name, path=files[0] if single and files[0].parent == place else place)


def media(store: Store, run_id: str, folder: Path) -> Iterator[Logged]:
    """The pictures and tables that a run logged; pictures of a server are fetched into `folder`."""
    for step, values in store.metrics(run_id):
        for key, value in values.items():
            name = key.removeprefix("__")
            match value:
                case {"_type": "trackio.image", "file_path": str(path)}:
                    picture, caption = store.picture(path, folder), value.get("caption") or ""
                    yield Image(name=name, image=picture, step=step, caption=caption)
                case {"_type": "trackio.table", "_value": list(rows)}:
                    columns = value.get(COLUMNS) or (list(rows[0]) if rows else [])
                    yield Table(name=name, columns=columns, rows=[_cells(row) for row in rows], step=step)


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(deserialize_values(row).values())


def _file(store: Store, artifact: str, entry: dict[str, Any], place: Path, paths: Mapping[str, str]) -> Path:
    """One file of an artifact, fetched to where it was in the folder; another machine may have named that place."""
    from trackio import cas

    logical = cas.validate_logical_path(entry["path"])
    path: Path = place / paths.get(logical, logical)
    if not path.resolve().is_relative_to(place.resolve()):
        raise TrackerError(f"the path {str(path)!r} leads out of the artifact {artifact!r}, and can't be read")
    path.parent.mkdir(parents=True, exist_ok=True)
    if "ref" in entry:
        logger.warning("%s of the artifact %r is a reference to data elsewhere, and not kept.", path.name, artifact)
    else:
        store.fetch_blob(cas.validate_digest(entry["digest"]), path)
    return path


def _distinct(columns: Sequence[str]) -> list[str]:
    """The columns, numbered where a name comes again: Trackio keeps a row as a map."""
    names: dict[str, None] = {}
    for column in columns:
        name, count = column, 1
        while name in names:
            count += 1
            name = f"{column} ({count})"
        names[name] = None
    return list(names)
