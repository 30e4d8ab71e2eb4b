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
