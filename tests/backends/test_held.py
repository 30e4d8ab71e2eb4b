"""A connection that is kept: only as long as the file is as it was left, and never to the harm of another file."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from zenml_trackers.backends.trackio.held import Held


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "rows.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n INTEGER)")
    return path


@pytest.fixture
def opened(file: Path) -> list[sqlite3.Connection]:
    return []


@pytest.fixture
def make(file: Path, opened: list[sqlite3.Connection]) -> Callable[[], sqlite3.Connection]:
    def make() -> sqlite3.Connection:
        opened.append(sqlite3.connect(file, timeout=0))
        return opened[-1]

    return make


def put(held: Held, make: Callable[[], sqlite3.Connection], number: int) -> None:
    with held.connected(make) as connection, connection:
        connection.execute("INSERT INTO t VALUES (?)", [number])


def numbers(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT n FROM t ORDER BY n")]


def test_it_is_opened_once_while_nobody_else_writes_to_the_file(file, make, opened) -> None:
    held = Held(file)
    for number in range(3):
        put(held, make, number)
    assert (len(opened), numbers(file)) == (1, [0, 1, 2])
    held.close()
    assert not file.with_name("rows.db-wal").exists()


def test_others_write_and_read_beside_it(file, make, opened) -> None:
    held = Held(file)
    put(held, make, 0)
    with closing(sqlite3.connect(file, timeout=0)) as others, others:
        others.execute("INSERT INTO t VALUES (1)")
    put(held, make, 2)
    assert numbers(file) == [0, 1, 2]
    held.close()


def test_a_damaged_file_is_seen(file, make, opened) -> None:
    held = Held(file)
    put(held, make, 0)
    damaged = b"no database " * 1000
    with file.open("r+b") as opened_by_others:
        opened_by_others.write(damaged)
    for number in (1, 2):
        with pytest.raises(sqlite3.DatabaseError, match="not a database"):
            put(held, make, number)
    held.close()
    assert file.read_bytes()[: len(damaged)] == damaged  # the log was not stored over it


def test_another_file_of_the_same_name_keeps_its_log(file, make, opened) -> None:
    """SQLite deletes the log by its name, whatever file has it by now."""
    held = Held(file)
    put(held, make, 0)
    for each in file.parent.glob("rows.db*"):
        each.unlink()
    with closing(sqlite3.connect(file)) as others:
        others.execute("PRAGMA journal_mode=WAL")
        others.execute("CREATE TABLE t (n INTEGER)")
        put(held, make, 1)
        assert len(opened) == 2
        others.execute("INSERT INTO t VALUES (2)")
        others.commit()
        assert file.with_name("rows.db-wal").exists()
        assert numbers(file) == [1, 2]
        held.close()
    assert numbers(file) == [1, 2]


def test_a_file_is_let_go_of_after_each_use_if_nobody_else_may_have_it_open(file, opened) -> None:
    def make() -> sqlite3.Connection:
        opened.append(sqlite3.connect(file))
        opened[-1].execute("PRAGMA locking_mode=EXCLUSIVE")
        return opened[-1]

    held = Held(file)
    for number in range(2):
        put(held, make, number)
        assert numbers(file) == [*range(number + 1)]
    assert len(opened) == 2


def test_a_forked_child_has_one_of_its_own(file, make, opened) -> None:
    held = Held(file)
    put(held, make, 0)
    if (child := os.fork()) == 0:
        try:
            put(held, make, 1)
            held.close()
            os._exit(0 if len(opened) == 2 else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    put(held, make, 2)
    held.close()
    assert (len(opened), numbers(file)) == (1, [0, 1, 2])
