"""The file that a local run writes to."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import trackio
from trackio.sqlite_storage import SQLiteStorage

from zenml_trackers import connect
from zenml_trackers.backends.trackio import store
from zenml_trackers.backends.trackio.local_store import LocalStore


def database(project: str) -> Path:
    return Path(os.environ["TRACKIO_DIR"]) / f"{project}.db"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The projects whose tables Trackio is asked to make, in order."""
    projects: list[str] = []
    real = SQLiteStorage.init_db

    def noting(project: str) -> Path:
        projects.append(project)
        path: Path = real(project)
        return path

    monkeypatch.setattr(SQLiteStorage, "init_db", staticmethod(noting))
    return projects


def log_a_run(project: str, name: str) -> None:
    with connect(f"trackio:///{project}", strict=True).start_run(name) as run:
        run.log({"loss": 1.0})
        run.log_params({"a": name})


def values(project: str) -> list[tuple[str, float]]:
    stored = connect(f"trackio:///{project}").read()
    return [(run.name, point.value) for run in stored for point in run.metrics]


def test_the_tables_are_made_once_for_all_runs_of_a_process(project: str, made: list[str]) -> None:
    for name in ("one", "two", "three"):
        log_a_run(project, name)
    assert made == [project]
    assert values(project) == [("one", 1.0), ("two", 1.0), ("three", 1.0)]


def test_a_file_in_the_place_of_one_that_was_deleted_gets_its_tables(project: str, made: list[str]) -> None:
    log_a_run(project, "one")
    database(project).unlink()
    log_a_run(project, "two")
    assert made == [project, project]
    assert values(project) == [("two", 1.0)]


def test_tables_that_were_dropped_are_made_again(project: str, made: list[str]) -> None:
    log_a_run(project, "one")
    with closing(sqlite3.connect(database(project))) as others, others:
        others.execute("DROP TABLE metrics")
    log_a_run(project, "two")
    assert made == [project, project]
    assert values(project) == [("two", 1.0)]


def test_the_file_is_let_go_of_when_the_run_is_over(project: str) -> None:
    log_a_run(project, "one")
    left = {path.suffix for path in database(project).parent.glob(f"{project}.*")}
    assert left <= {".db", ".lock"}  # no log of SQLite's beside it
    opened = {os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")}
    assert str(database(project).resolve()) not in opened


@pytest.mark.parametrize("mode", ["NORMAL", "EXCLUSIVE"])
def test_others_write_to_the_file_while_a_run_goes_on(project: str, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv("TRACKIO_SQLITE_LOCKING_MODE", mode)
    monkeypatch.setattr("zenml_trackers.backends.trackio.database.PATIENCE", 0.0)  # nor do they wait for each other
    with connect(f"trackio:///{project}", strict=True).start_run("ours") as run:
        run.log({"loss": 1.0})
        assert run.flush(60)
        theirs = trackio.Run(url=None, project=project, client=None, name="theirs")
        theirs.log({"loss": 2.0})
        theirs.finish()
        run.log({"loss": 3.0})
    assert sorted(values(project)) == [("ours", 1.0), ("ours", 3.0), ("theirs", 2.0)]


@pytest.mark.parametrize(("page", "together"), [(5000, 1000), (10, 1000), (10, 7), (10, 2), (2, 1)])
def test_runs_of_all_sizes_are_read_whole(
    project: str, monkeypatch: pytest.MonkeyPatch, page: int, together: int
) -> None:
    sizes = [3, 0, 12, 4, 9, 1, 1]
    for number, size in enumerate(sizes):
        with connect(f"trackio:///{project}", strict=True).start_run(str(number)) as run:
            for step in range(size):
                run.log({"loss": float(step)})
    monkeypatch.setattr(store, "PAGE", page)
    monkeypatch.setattr(store, "TOGETHER", together)
    monkeypatch.setattr(LocalStore, "at_once", together)
    found = {run.name: [point.value for point in run.metrics] for run in connect(f"trackio:///{project}").read()}
    assert found == {str(number): list(range(size)) for number, size in enumerate(sizes)}


def test_an_artifact_is_looked_for_without_reading_metrics(
    project: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model.bin").write_bytes(b"weights")
    with connect(f"trackio:///{project}", strict=True).start_run("one") as run:
        run.log({"loss": 1.0})
        run.log_artifact(tmp_path / "model.bin")
    monkeypatch.setattr(store.Store, "metrics", None)
    monkeypatch.setattr(store.Store, "metrics_of", None)
    with connect(f"trackio:///{project}", strict=True).start_run("two") as run:
        assert run.use_artifact("model.bin").read_bytes() == b"weights"


def test_runs_that_grow_while_they_are_read_are_read_whole(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        with connect(f"trackio:///{project}", strict=True).start_run(name) as run:
            for step in range(20):
                run.log({"loss": float(step)})
    counted = store.Store.runs
    monkeypatch.setattr(store.Store, "runs", lambda self: [{**run, "rows": 1} for run in counted(self)])
    monkeypatch.setattr(store, "PAGE", 10)
    assert values(project) == [(name, float(step)) for name in ("one", "two") for step in range(20)]
