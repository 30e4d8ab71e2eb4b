"""Which values can be stored: one policy, whatever the backend.

Metrics are numbers. Params and metadata are what JSON can hold; a few well-known types become that. Anything else is
refused by name, and never takes the rest of its payload with it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum
from pathlib import PurePath
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from zenml_trackers.errors import InvalidTag, UnstorableValue
from zenml_trackers.interruption import let_through

MAX_DEPTH = 100
SMALLEST_INT, LARGEST_INT = -(2**63), 2**64 - 1

T = TypeVar("T")


def split(payload: Mapping[Any, Any], convert: Callable[[Any, str], T]) -> tuple[dict[str, T], list[UnstorableValue]]:
    """What of `payload` can be stored, converted, and one error for each key that can't."""
    good: dict[str, T] = {}
    bad: list[UnstorableValue] = []
    if not isinstance(payload, Mapping):
        return good, [UnstorableValue(f"{type(payload).__name__} is no map; pass one of names to values.")]
    for key, value in payload.items():
        try:
            good[checked_key(key, repr(key))] = convert(value, repr(key))
        except UnstorableValue as error:
            bad.append(error)
        except Exception as error:  # of a class of the user's that can't be copied, or shown, or whatever
            let_through(error)
            bad.append(UnstorableValue(f"{key!r} could not be read: {type(error).__name__}: {error}"))
    return good, bad


def leaves(values: Mapping[str, Any], joint: str = ".") -> Iterator[tuple[str, Any]]:
    """Nested maps without depth, for libraries that show none: each innermost value with its keys joined to one."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from ((f"{key}{joint}{inner}", leaf) for inner, leaf in leaves(value, joint))
        else:
            yield key, value


def plain_map(values: Mapping[Any, Any], field: str) -> dict[str, Any]:
    """`values` as JSON has them.

    Raises:
        UnstorableValue: One that can't be stored; the message names it as an item of `field`.
    """
    good, refused = split(values, lambda value, where: plain(value, f"{field}[{where}]"))
    if refused:
        raise refused[0]
    return good


def checked_key(key: Any, where: str) -> str:
    """`key` if it is a string that can be stored, else an `UnstorableValue`."""
    if not isinstance(key, str):
        raise UnstorableValue(f"{where} is a key of type {type(key).__name__}; keys are strings.")
    return checked_text(key, where)


def checked_text(text: str, where: str) -> str:
    """`text` if it is valid unicode, else an `UnstorableValue`."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnstorableValue(f"{where} holds a lone surrogate, which is no valid text: {ascii(text)[:80]}.") from error
    return text


def number(value: Any, where: str) -> bool | int | float:
    """`value` as a metric: a number, or an array or tensor that holds just one."""
    if isinstance(value, int):  # bool too
        return _fitting(value, where)
    if isinstance(value, float):
        return float(value)
    item = _item(value)
    if item is None or isinstance(item, str):
        raise UnstorableValue(
            f"{where} is of type {type(value).__name__}; metrics are numbers. Use log_params() for other values."
        )
    return number(item, where)


def plain(value: Any, where: str, depth: int = 0) -> Any:
    """`value` as JSON has it: maps with string keys, lists, text, numbers, bool and None."""
    if depth > MAX_DEPTH:
        raise UnstorableValue(f"{where} is nested deeper than {MAX_DEPTH} levels, or holds itself.")
    if value is None or (isinstance(value, (bool, float)) and type(value) in (bool, float)):
        return value
    if isinstance(value, Enum):
        return plain(value.value, where, depth + 1)
    if isinstance(value, str):
        return checked_text(str(value), where)
    if isinstance(value, int):
        return _fitting(int(value), where)
    return _plain_container(value, where, depth + 1)


def _plain_container(value: Any, where: str, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {
            checked_key(key, f"{where}[{key!r}]"): plain(item, f"{where}[{key!r}]", depth)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [plain(item, f"{where}[{index}]", depth) for index, item in enumerate(value)]
    if isinstance(value, (set, frozenset)):
        return [plain(item, f"{where}{{}}", depth) for item in sorted(value, key=repr)]
    return _plain_object(value, where, depth)


def _plain_object(value: Any, where: str, depth: int) -> Any:
    if isinstance(value, (PurePath, UUID)):
        return checked_text(str(value), where)
    if isinstance(value, date):  # datetime too
        return value.isoformat()
    if isinstance(value, BaseModel):
        return plain(value.model_dump(), where, depth)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain({field.name: getattr(value, field.name) for field in dataclasses.fields(value)}, where, depth)
    if hasattr(value, "tolist") and not isinstance(value, type):  # arrays and scalars of NumPy and its kin
        return plain(value.tolist(), where, depth)
    raise UnstorableValue(
        f"{where} is of type {type(value).__module__}.{type(value).__qualname__}, which cannot be stored. "
        "Pass text, numbers, booleans, None, or lists and maps of these."
    )


def checked_rows(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """The rows of a table, each with a cell for each column.

    Raises:
        UnstorableValue: The columns are no list, or a row is none or of another length; the message says which.
    """
    if isinstance(columns, str):
        raise UnstorableValue(f"table {name!r}: columns is one string, {columns!r}; pass a list of strings.")
    found: list[list[Any]] = []
    for index, row in enumerate(rows):
        if isinstance(row, (str, bytes)) or not isinstance(row, Iterable):
            raise UnstorableValue(f"table {name!r}: row {index} is of type {type(row).__name__}; rows are lists.")
        found.append(list(row))
        if len(found[-1]) != len(columns):
            cells = f"{len(found[-1])} cells where there are {len(columns)} columns"
            raise UnstorableValue(f"table {name!r}: row {index} has {cells}: {', '.join(map(str, columns))}.")
    return found


def _fitting(value: int, where: str) -> int:
    if SMALLEST_INT <= value <= LARGEST_INT:
        return value
    raise UnstorableValue(f"{where} is an integer of more than 64 bits; pass it as a string or a float.")


def _item(value: Any) -> Any:
    """The one number in a scalar of NumPy, PyTorch and their kin; None if it is none."""
    try:
        return value.item() if callable(getattr(value, "item", None)) else None
    except (TypeError, ValueError, RuntimeError):
        return None


def tag_set(tags: Iterable[Any], field: str = "tags") -> tuple[str, ...]:
    """The tags without duplicates, in the order in which they came.

    Raises:
        InvalidTag: One that is empty, no string, or no valid unicode; the message says which.
    """
    if isinstance(tags, (str, bytes)):
        raise InvalidTag(f"{field} is one string, {tags!r}; pass a list of strings.")
    unique: dict[str, None] = {}
    for index, tag in enumerate(tags):
        unique[_checked_tag(tag, f"{field}[{index}]")] = None
    return tuple(unique)


def _checked_tag(tag: Any, where: str) -> str:
    if not isinstance(tag, str):
        raise InvalidTag(f"{where} is {tag!r}, of type {type(tag).__name__}; tags are strings.")
    if not tag:
        raise InvalidTag(f"{where} is empty; remove it or give it a name.")
    try:
        return checked_text(tag, where)
    except UnstorableValue as error:
        raise InvalidTag(str(error)) from error
