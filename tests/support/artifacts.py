"""Files that tests log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zenml_trackers.tracker import Tracker


def written(folder: Path, name: str, content: bytes) -> Path:
    """A file of that content."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def log(at: Tracker, folder: Path, name: str, content: bytes, run: str = "train", **labels: Any) -> str:
    """A run that keeps a file of that content, and its id."""
    with at.start_run(run) as started:
        started.log_artifact(written(folder, "given.bin", content), name, **labels)
    return started.id
