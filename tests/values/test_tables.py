"""Tables of all libraries, and their cells."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from zenml_trackers import connect
from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.records import Table
from zenml_trackers.model.values.tables import as_table

COLUMNS = {"a": [1, 2], "b": ["x", None]}


@pytest.mark.parametrize(
    "table",
    [COLUMNS, pd.DataFrame(COLUMNS), pl.DataFrame(COLUMNS), pa.table(COLUMNS), [{"a": 1, "b": "x"}, {"a": 2}]],
    ids=["columns", "pandas", "polars", "arrow", "rows"],
)
def test_each_form_is_the_same_table(table):
    assert as_table("t", table) == (["a", "b"], [[1, "x"], [2, None]], [])


def test_cells_are_converted_each_by_itself():
    cells = [np.float32(1), pd.Timestamp("2024-05-01"), pd.NaT, pd.NA, Decimal("0.1"), b"ab", datetime.date(2024, 5, 1)]
    columns, [row], odd = as_table("t", list(range(7)), [cells])
    assert columns == ["0", "1", "2", "3", "4", "5", "6"]
    assert row == [1.0, "2024-05-01T00:00:00", None, None, "0.1", "ab", "2024-05-01"]
    assert odd == []


def test_an_odd_cell_is_named_by_its_column_and_takes_nothing_along():
    _, rows, [error] = as_table("t", {"ok": [1], "odd": [NotImplemented]})
    assert rows == [[1, "NotImplemented"]]
    assert "table 't', column 'odd' is of type" in str(error)


@pytest.mark.parametrize("odd", [7, "text", [1, 2], {"a": 7}, {"a": [1], "b": [1, 2]}, None])
def test_what_is_no_table_is_refused_with_the_way_out(odd):
    with pytest.raises(UnstorableValue, match=r"table 't'.*pass a frame"):
        as_table("t", odd)


def test_a_list_that_is_changed_after_the_call_is_stored_as_it_was(project):
    tracker, cell = connect(f"memory://{project}"), [1]
    with tracker.start_run() as run:
        run.log_table("t", {"a": [cell]})
        cell.append(2)
    [stored] = tracker.read()
    [table] = tracker.backend.attachments(stored.id, tracker.backend.folder)
    assert isinstance(table, Table)
    assert table.rows == (([1],),)
