"""What is in this machine's memory is its owner's alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from zenml_trackers import connect
from zenml_trackers.backends.memory import MemoryBackend


@pytest.fixture
def folder(project: str) -> Iterator[Path]:
    """The project's, under a umask that opens what is made to all users."""
    folder, umask = MemoryBackend(project, project).folder, os.umask(0o022)
    yield folder
    os.umask(umask)
    shutil.rmtree(folder.parent, ignore_errors=True)


def stored(project: str) -> Path:
    """The folder of a run."""
    with connect(f"memory://{project}", project=project).start_run("r") as run:
        run.log({"loss": 0.5})
        native: Path = run.native
    assert (native / "run.jsonl").is_file()
    return native


def opened(*folders: Path) -> list[Path]:
    return [each for each in folders if each.stat().st_mode & 0o077]


def test_no_other_user_can_read_what_a_run_stores(project: str, folder: Path) -> None:
    assert opened(stored(project), folder, folder.parent) == []


def test_nor_where_the_project_was_open_before(project: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    assert opened(folder) == [folder]
    assert opened(stored(project)) == []
