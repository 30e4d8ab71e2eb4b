"""Who waits for a locked file sees that others get on, and not what its own tries do to the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from zenml_trackers.backends.trackio import others
from zenml_trackers.backends.trackio.others import Others


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.db"
    write(path, "CREATE TABLE t (n INTEGER)")
    return path


def write(file: Path, sql: str = "INSERT INTO t VALUES (1)") -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(sql)


def test_only_what_others_write_counts(file: Path) -> None:
    seen = Others(file)
    with seen.set_aside():
        write(file)
        during = seen.last
    assert during == seen.last == 0
    write(file)
    assert (after := seen.last) > 0
    with seen.set_aside():
        write(file)
    assert seen.last == after


def test_a_use_that_waits_does_not_hide_others(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "WAITING", 0.0)
    seen = Others(file)
    with seen.set_aside():
        write(file)
        assert seen.last > 0
