"""Journals that something else wrote into: what is whole is delivered, and what is lost is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.long.inputs import MANY
from tests.long.inputs.strange import plain, texts
from zenml_trackers.delivery.cursor import Cursor
from zenml_trackers.delivery.journal import HEADER, RECORDS, Header, Journal
from zenml_trackers.delivery.lines import KINDS
from zenml_trackers.model.records import Metrics, Params, RunSpec

ROWS = 5
json_values = st.recursive(
    plain.filter(lambda value: not isinstance(value, str) or value.isascii()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ["values", "step", "name", "path", "tags", "process", "rank", "rows", "columns", "status", "title", "level"]
records = st.fixed_dictionaries(
    {"kind": st.sampled_from(sorted(KINDS)), "time": st.floats(0, 1e9) | json_values},
    optional=dict.fromkeys(FIELDS, json_values),
).map(lambda fields: json.dumps(fields).encode())
lines = (
    records
    | st.binary(max_size=30).map(lambda data: data.replace(b"\n", b""))
    | json_values.map(json.dumps).map(str.encode)
)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good one, with rows of metrics."""
    made = Journal.begin(
        tmp_path_factory.mktemp("good"), Header(trackers=("memory://x",), spec=RunSpec(name="r", project="p"))
    )
    for number in range(ROWS):
        made.append(Metrics, {"values": {"m": float(number)}, "step": number})
    made.append(Params, {"values": {"p": 1}})
    made.close()
    return made.folder


@MANY
@given(inserted=st.lists(st.tuples(st.integers(0, ROWS), lines), max_size=3))
def test_strange_lines_cost_themselves_alone(journal: Path, inserted: list[tuple[int, bytes]]) -> None:
    with _copied(journal) as folder:
        content = (folder / RECORDS).read_bytes().splitlines()
        for at, line in inserted:
            content.insert(at, line)
        (folder / RECORDS).write_bytes(b"\n".join(content) + b"\n")
        found = [record for record in _read(folder) if isinstance(record, Metrics) and record.values.keys() == {"m"}]
    own = [record.values["m"] for record in found]
    assert [value for value in map(float, range(ROWS)) if value not in own] == []


@MANY
@given(at=st.integers(0, 400), flipped=st.integers(1, 255))
def test_a_flipped_bit_costs_a_line_at_most(journal: Path, at: int, flipped: int) -> None:
    with _copied(journal) as folder:
        content = bytearray((folder / RECORDS).read_bytes())
        content[at % len(content)] ^= flipped
        (folder / RECORDS).write_bytes(content)
        assert len(_read(folder)) >= ROWS + 1 - 2  # two, where the end of a line was hit


@MANY
@given(header=st.binary(max_size=30) | json_values.map(json.dumps).map(str.encode) | st.just(b'{"version": 99}'))
def test_what_is_no_journal_is_refused_by_its_place(journal: Path, header: bytes) -> None:
    with _copied(journal) as folder:
        (folder / HEADER).write_bytes(header)
        with pytest.raises(ValueError, match=str(folder)):
            Journal(folder)


@MANY
@given(name=texts, value=plain)
def test_what_is_appended_is_read(name: str, value: Any) -> None:
    with TemporaryDirectory() as folder:
        made = Journal.begin(Path(folder), Header(trackers=("memory://x",), spec=RunSpec(name="r", project="p")))
        made.append(Params, {"values": {name: value}})
        [record] = Cursor(made).next(10)
        made.close()
    assert isinstance(record, Params)
    assert repr(record.values) == repr({name: value})


class _copied:
    def __init__(self, journal: Path) -> None:
        self._journal, self._folder = journal, TemporaryDirectory()

    def __enter__(self) -> Path:
        return Path(shutil.copytree(self._journal, Path(self._folder.name) / "journal"))

    def __exit__(self, *error: object) -> None:
        self._folder.cleanup()


def _read(folder: Path) -> list[Any]:
    journal = Journal(folder)
    try:
        return list(_all(Cursor(journal)))
    finally:
        journal.close()


def _all(cursor: Cursor) -> Iterator[Any]:
    while found := cursor.next(100):
        yield from found
