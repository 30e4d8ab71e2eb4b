"""What is in this machine's memory is its owner's alone, and is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.trackers import store
from zenml_trackers import connect
from zenml_trackers.backends.memory import MemoryBackend
from zenml_trackers.model.records import Artifact, Metrics, RunSpec, Status


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


def row(value: int) -> Metrics:
    return Metrics(number=value, values={"a": value, "b": value}, step=0)


def test_a_torn_line_is_none_and_the_run_goes_on(project: str, folder: Path) -> None:
    backend, spec = MemoryBackend(project, project), RunSpec(name="r", project=project, resume="allow")
    run_id = store(backend, spec, row(0), status=Status.RUNNING)
    file = folder / run_id / "run.jsonl"
    file.write_bytes(file.read_bytes() + b'["metric","a",0,')
    store(backend, spec, row(1))
    [stored] = backend.read()
    assert [point.value for point in stored.metrics] == [0, 0, 1, 1]
    assert (stored.id, stored.status, backend.find(run_id)) == (run_id, Status.FINISHED, stored)
    assert backend.find("another") is None


def test_an_artifact_of_the_same_name_takes_the_place_of_the_first(project: str, folder: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    logged = [Artifact(name="tree", path=tmp_path / name) for name in ("first", "second")]
    backend, there = MemoryBackend(project, project), tmp_path / "there"
    there.mkdir()
    [artifact] = backend.attachments(store(backend, RunSpec(name="r", project=project), *logged), there)
    assert isinstance(artifact, Artifact)
    assert [each.name for each in artifact.path.iterdir()] == ["second"]
