"""Tables: frames of pandas, polars and Arrow, maps of columns, lists of maps, or columns and rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.values.params import Conversion
from zenml_trackers.model.values.text import as_key

FORMS = "pass a frame, a map of columns, a list of maps, or columns and rows"


def as_table(name: str, table: Any, rows: Any = None) -> tuple[list[str], list[list[Any]], list[UnstorableValue]]:
    """The columns' names, the rows, each with a cell for each column, and an error for each column with an odd cell.

    Args:
        name: What the table is called.
        table: All of it, or its columns' names if `rows` are given.
        rows: Sequences of cells.

    Raises:
        UnstorableValue: It is no table, or a row is none or of another length; the message says which.
    """
    given, cells = (table, rows) if rows is not None else _taken_apart(name, table)
    if isinstance(given, str):
        raise UnstorableValue(f"table {name!r}: columns is one string, {given!r}; pass a list of strings.")
    columns = [as_key(column, f"table {name!r}, column {column!r}") for column in given]
    conversion = Conversion()
    converted = [
        [
            conversion.plain(cell, f"table {name!r}, column {column!r}")
            for cell, column in zip(row, columns, strict=True)
        ]
        for row in _checked(name, columns, cells)
    ]
    return columns, converted, conversion.odd


def _taken_apart(name: str, table: Any) -> tuple[Iterable[Any], Iterable[Any]]:
    kind = type(table)
    if hasattr(kind, "itertuples"):  # pandas
        return table.columns, _of_pandas(table)
    if hasattr(kind, "iter_rows"):  # polars
        return table.columns, table.iter_rows()
    if hasattr(kind, "column_names"):  # Arrow
        return _of_columns(name, table.to_pydict())
    if isinstance(table, Mapping):
        return _of_columns(name, table)
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        columns = list(dict.fromkeys(column for row in table for column in row))
        return columns, ([row.get(column) for column in columns] for row in table)
    raise UnstorableValue(f"table {name!r} is of type {kind.__name__}; {FORMS}.")


def _of_pandas(frame: Any) -> Iterator[list[Any]]:
    """The rows of a frame; a NaN in a column of something else than floats stands for a cell that is not there."""
    floats = [getattr(dtype, "kind", "") == "f" for dtype in frame.dtypes]
    for row in frame.itertuples(index=False, name=None):
        pairs = zip(row, floats, strict=True)
        yield [
            None if isinstance(cell, float) and cell != cell and not are_floats else cell for cell, are_floats in pairs
        ]


def _of_columns(name: str, table: Mapping[Any, Any]) -> tuple[Iterable[Any], Iterable[Any]]:
    try:
        return table.keys(), list(zip(*table.values(), strict=True))
    except (TypeError, ValueError) as error:
        raise UnstorableValue(f"table {name!r} has columns that are no lists of one length; {FORMS}.") from error


def _checked(name: str, columns: Sequence[str], rows: Iterable[Any]) -> Iterator[list[Any]]:
    for index, row in enumerate(rows):
        if isinstance(row, (str, bytes)) or not isinstance(row, Iterable):
            raise UnstorableValue(f"table {name!r}: row {index} is of type {type(row).__name__}; rows are lists.")
        found = list(row)
        if len(found) != len(columns):
            cells = f"{len(found)} cells where there are {len(columns)} columns"
            raise UnstorableValue(f"table {name!r}: row {index} has {cells}: {', '.join(columns)}.")
        yield found
