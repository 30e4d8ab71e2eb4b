"""Metrics and metric steps: all that is one number, of whatever library."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.interruption import let_through
from zenml_trackers.model.steps import INT64, need_step
from zenml_trackers.model.values.text import as_key, shown

SMALLEST_INT, LARGEST_INT = -(2**63), 2**64 - 1
MAX_DEPTH = 100
JOINT = "/"
"""Between the names of metrics that are nested."""
T = TypeVar("T", bool | int | float, bool | int | float | str)
TIMES = "mM"
"""The kinds of NumPy's types that are times; its scalars of them pass for integers."""


def number(value: Any, where: str) -> bool | int | float:
    """`value` as a metric: a bool, an integer, a float, or what holds one or can be made one.

    Raises:
        UnstorableValue: It is none; the message begins with `where`.
    """
    if isinstance(value, int):  # bool too
        return fitting(value, where)
    if isinstance(value, float):
        return float(value)
    if isinstance(item := _item(value), int):
        return fitting(item, where)
    try:
        if not _is_odd(value):
            return float(item)
    except Exception as error:
        let_through(error)
    raise UnstorableValue(
        f"{where} is of type {type(value).__name__}; metrics are numbers. Use log_params() for other values."
    )


def metrics(payload: Any) -> tuple[dict[str, bool | int | float], list[UnstorableValue]]:
    """The numbers of `payload` by their names, of nested maps as `train/loss`, and an error for each lost name."""
    return by_name(payload, number)


def by_name(payload: Any, convert: Callable[[Any, str], T]) -> tuple[dict[str, T], list[UnstorableValue]]:
    """The converted values of `payload` by their names, and an error for each lost name; floats are as they are."""
    good: dict[str, T] = {}
    bad: list[UnstorableValue] = []
    if not isinstance(payload, Mapping):
        return good, [UnstorableValue(f"{type(payload).__name__} is no map; pass one of names to numbers.")]
    try:
        for error in _add(good, payload, convert):
            bad.append(error)  # those before the one that ends it too
    except Exception as error:  # of a map of the user's own
        let_through(error)
        bad.append(UnstorableValue(f"these values could not be read: {shown(error)}."))
    return good, bad


def _add(
    good: dict[str, T], payload: Mapping[Any, Any], convert: Callable[[Any, str], T], above: str = ""
) -> Iterator[UnstorableValue]:
    for key, value in payload.items():
        try:
            name = key if type(key) is str and key.isascii() else as_key(key, shown(key))
            name = above + name
            if type(value) is not float and isinstance(value, Mapping):
                yield from _add(good, value, convert, _joined(name))
            elif name in good:
                raise UnstorableValue(f"{name!r} is given twice, and the first of both is taken.")
            else:
                good[name] = value if type(value) is float else convert(value, repr(name))
        except UnstorableValue as error:
            yield error
        except Exception as error:  # of a class of the user's that can't be shown, or whatever
            let_through(error)
            yield UnstorableValue(f"{shown(key)} could not be read: {shown(error)}.")


def _joined(name: str) -> str:
    if name.count(JOINT) > MAX_DEPTH:
        raise UnstorableValue(f"{name[:20]!r} is nested deeper than {MAX_DEPTH} levels, or holds itself.")
    return name + JOINT


def metric_step(value: Any, names: Iterable[str]) -> int | None:
    """The metric step that was given, if one was: an integer, or a float without a fraction, of 64 bits.

    Raises:
        UnstorableValue: It is none; the message names what belongs to it.
    """
    if value is None:
        return None
    step = _whole(value, names)
    need_step(names, step, INT64)
    return step


def _whole(value: Any, names: Iterable[str]) -> int:
    try:
        return operator.index(value)
    except TypeError:
        pass
    try:
        step = number(value, "step")
        if step == int(step):
            return int(step)
    except (UnstorableValue, ValueError, OverflowError):  # the last two for NaN and the infinities
        pass
    named = ", ".join(map(repr, names))
    raise UnstorableValue(f"{named} at step {value!r}: metric steps are integers, and this is none.")


def fitting(value: int, where: str) -> int:
    """`value` if it has 64 bits at most, else an `UnstorableValue`."""
    if SMALLEST_INT <= value <= LARGEST_INT:
        return value
    raise UnstorableValue(f"{where} is an integer of more than 64 bits; pass it as a string or a float.")


def _item(value: Any) -> Any:
    """The one value in an array, a scalar or a tensor; else the value itself."""
    try:
        return value.item() if callable(getattr(value, "item", None)) and not _is_odd(value) else value
    except (TypeError, ValueError, RuntimeError):
        return value


def _is_odd(value: Any) -> bool:
    """Whether it has a float that is none of its own: text, a time, a masked number."""
    if isinstance(value, (str, bytes, bytearray)) or getattr(getattr(value, "dtype", None), "kind", "") in (*TIMES,):
        return True
    return type(value).__module__.startswith("numpy.ma") and bool(getattr(value, "mask", False))
