"""Rows of metrics as lines: whichever way they are written and read, they are the same."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenml_trackers.delivery import rows
from zenml_trackers.delivery.cursor import Cursor
from zenml_trackers.delivery.journal import Header, Journal
from zenml_trackers.delivery.lines import line_of
from zenml_trackers.model.records import Metrics, RunSpec

NUMBERS = st.booleans() | st.integers() | st.integers(-(2**65), 2**65) | st.floats()
VALUES = st.dictionaries(st.text(), NUMBERS, min_size=1)
STEPS = st.integers(-(2**63), 2**63 - 1)


def bits(values: dict[str, bool | int | float]) -> str:
    """In which `1`, `1.0` and `True` differ, and the zeros."""
    return repr([(name, type(value), value) for name, value in values.items()])


@given(values=VALUES, step=STEPS)
def test_each_row_is_read_as_it_was_written(tmp_path_factory, values, step) -> None:
    header = Header(trackers=("memory://x",), spec=RunSpec(name="r", project="p"))
    journal = Journal.begin(tmp_path_factory.mktemp("journals"), header)
    journal.append(Metrics, {"values": values, "step": step})
    [row] = Cursor(journal).next(10)
    journal.close()
    assert isinstance(row, Metrics)
    assert (bits(row.values), row.step, row.number) == (bits(values), step, 0)


@given(values=VALUES, step=STEPS)
def test_both_ways_of_reading_agree(values, step) -> None:
    line = line_of(Metrics, {"values": values, "step": step})
    if (quick := rows.fields(line)) is not None:
        slow = json.loads(line)
        assert bits(quick["values"]) == bits(slow["values"])
        assert {**quick, "values": 0} == {**slow, "values": 0}


@pytest.mark.parametrize(
    ("values", "quick"),
    [
        ({"loss": 0.5, "n": 3, "on": True, "é🦊": -0.0}, True),
        ({"process": 1, "rank": 2}, True),
        ({"m": 2**63 - 1}, True),
        ({"m": math.nan}, False),
        ({"m": math.inf}, False),
        ({"m": 2**64}, False),
        ({"\ud800": 1}, False),
    ],
)
def test_common_rows_are_written_the_quick_way(values, quick) -> None:
    assert (rows.line({"kind": "metrics", "time": 1.5, "values": values, "step": 0}) is not None) == quick


@pytest.mark.parametrize("text", ["[1]", '"1"', "null", '{"a":1}'])
def test_what_the_disk_changed_is_no_row(text) -> None:
    assert rows.fields(b'{"kind":"metrics","time":1.5,"values":{"m":%s},"step":0}' % text.encode()) is None
