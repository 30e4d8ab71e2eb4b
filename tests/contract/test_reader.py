"""The process that reads what trackers stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tracker_contracts.engine.reader import Reader, ReaderFailed
from tracker_contracts.harness import Place

from tests.contract.harnesses import LateImport, Unreadable


@pytest.fixture
def reader() -> Iterator[Reader]:
    with closing(Reader()) as reader:
        yield reader


def test_what_one_reading_imported_the_next_one_has(reader: Reader, tmp_path: Path) -> None:
    place = Place(tmp_path, "p")
    names = [run.name for _ in range(3) for run in reader.read(LateImport(), place)]
    assert names == ["imported now", "there already", "there already"]


def test_a_reading_that_fails_is_told_and_the_next_one_goes_on(reader: Reader, tmp_path: Path) -> None:
    place = Place(tmp_path, "p")
    with pytest.raises(ReaderFailed, match="no such table"):
        reader.read(Unreadable(), place)
    assert [run.name for run in reader.read(LateImport(), place)] == ["imported now"]
