"""Params, metadata and the cells of tables: what JSON can hold, and all else as near as that comes."""

from __future__ import annotations

import dataclasses
import math
import re
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import singledispatch
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, MethodType, SimpleNamespace
from typing import Any
from uuid import UUID

from pydantic import BaseModel, SecretBytes, SecretStr

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.interruption import let_through
from zenml_trackers.model.values.numbers import LARGEST_INT, MAX_DEPTH, SMALLEST_INT
from zenml_trackers.model.values.text import as_key, as_text, checked_text, escaped, shown

MOST_ITEMS = 10_000
"""Of an array; a larger one is no configuration."""
LIBRARIES = frozenset({"torch", "numpy", "jax", "jaxlib", "tensorflow", "ml_dtypes"})
"""Whose types and devices are configuration."""
MISSING = frozenset({"NAType", "NaTType"})
"""What pandas has in the place of a value that is not there."""


@singledispatch
def as_param(value: Any) -> Any:
    """What a value is as a param: something simpler, which is converted further; itself if this knows nothing of it.

    Register your own types, and how they become maps, lists, text or numbers:

        @as_param.register
        def _(value: MyConfig):
            return {"lr": value.lr}
    """
    kind = type(value)  # is asked, since some objects seem to have every attribute
    if kind.__name__ in MISSING:
        return None
    if isinstance(value, (Mapping, Sequence, Set)):
        return value
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if hasattr(kind, "__attrs_attrs__"):
        return {field.name: getattr(value, field.name) for field in kind.__attrs_attrs__}
    if hasattr(kind, "tolist"):  # arrays and scalars of NumPy and its kin
        return _items(value)
    if hasattr(kind, "to_dict") and not hasattr(kind, "shape"):  # no frame
        return value.to_dict()
    return str(value) if kind.__module__.partition(".")[0] in LIBRARIES else value


@as_param.register(PurePath)
@as_param.register(UUID)
@as_param.register(Decimal)
@as_param.register(Fraction)
@as_param.register(complex)
@as_param.register(timedelta)
@as_param.register(range)
@as_param.register(SecretStr)
@as_param.register(SecretBytes)
def _text(value: object) -> str:
    return str(value)


@as_param.register(date)  # datetime too
@as_param.register(time)
def _iso(value: date | time) -> str | None:
    return value.isoformat() if value == value else None  # pandas' NaT is a datetime that equals nothing


@as_param.register(bytes)
@as_param.register(bytearray)
def _decoded(value: bytes | bytearray) -> str:
    return value.decode(errors="backslashreplace")


@as_param.register(type)
@as_param.register(FunctionType)
@as_param.register(BuiltinFunctionType)
@as_param.register(MethodType)
def _named(value: Any) -> str:
    return ".".join(filter(None, (value.__module__, value.__qualname__)))


@as_param.register(Namespace)
@as_param.register(SimpleNamespace)
def _fields(value: Any) -> dict[str, Any]:
    return dict(vars(value))


@as_param.register(re.Pattern)
def _pattern(value: re.Pattern[Any]) -> Any:
    return value.pattern


@as_param.register(BaseModel)
def _model(value: BaseModel) -> dict[str, Any]:
    return value.model_dump()


class Conversion:
    """Turns values into what JSON can hold, and names what it could not keep as it was."""

    def __init__(self) -> None:
        self.odd: list[UnstorableValue] = []
        """One error for each place; its text is stored there, or nothing if it has none."""
        self._within: list[int] = []

    def map(self, payload: Any, above: str = "") -> dict[str, Any]:
        """A map, or an object with fields, as a map of text to what JSON can hold."""
        found: dict[str, Any] = {}
        try:
            source = as_param(payload)
            if not isinstance(source, Mapping):
                raise UnstorableValue(f"{type(payload).__name__} is no map, and has no fields; pass names to values.")
            for name, value in self._pairs(source, above):
                found[name] = value
        except Exception as error:  # of a map, or a class, of the user's own
            let_through(error)
            self.odd.append(_unreadable(error, above or "what was given"))
        return found

    def plain(self, value: Any, where: str) -> Any:
        """The value as JSON has it: maps with text as keys, lists, text, numbers, bool and None.

        Args:
            value: Anything.
            where: Its place, such as `'model'['layers'][0]`, for what is said of it.
        """
        if value is None or type(value) in (bool, float) or (type(value) is str and value.isascii()):
            return value
        if id(value) in self._within or len(self._within) > MAX_DEPTH:
            self.odd.append(UnstorableValue(f"{where} is nested deeper than {MAX_DEPTH} levels, or holds itself."))
            return None
        self._within.append(id(value))
        try:
            return self._simpler(value, where)
        except Exception as error:  # of a class of the user's that can't be shown, or whatever
            let_through(error)
            self.odd.append(_unreadable(error, where))
            return None
        finally:
            self._within.pop()

    def _simpler(self, value: Any, where: str) -> Any:
        if isinstance(value, Enum):
            return self.plain(value.value, where)
        if isinstance(value, str):
            return self._valid(str(value), where)
        if isinstance(value, int):
            return self._fitting(int(value), where)
        if isinstance(value, float):
            return float(value)
        if (simpler := as_param(value)) is not value:
            return self.plain(simpler, where)
        return self._container(value, where)

    def _container(self, value: Any, where: str) -> Any:
        if isinstance(value, Mapping):
            return dict(self._pairs(value, where))
        if isinstance(value, Set):
            return [self.plain(item, where) for item in sorted(value, key=repr)]
        if isinstance(value, Sequence):
            return list(self._elements(value, where))
        of = f"{type(value).__module__}.{type(value).__qualname__}"
        self.odd.append(UnstorableValue(f"{where} is of type {of}, which no tracker can hold; its text is stored."))
        return as_text(value)

    def _pairs(self, values: Mapping[Any, Any], above: str) -> Iterator[tuple[str, Any]]:
        taken: set[str] = set()
        for key in values:
            where = f"{above}[{shown(key)}]" if above else shown(key)
            try:
                name = as_key(key, where)
                value = values[key]
            except Exception as error:  # OmegaConf has no value for some keys
                let_through(error)
                self.odd.append(_unreadable(error, where))
                continue
            if name in taken:
                self.odd.append(UnstorableValue(f"{where} is given twice as text, and the first of both is taken."))
                continue
            taken.add(name)
            yield name, self.plain(value, where)

    def _elements(self, values: Sequence[Any], above: str) -> Iterator[Any]:
        for index in range(len(values)):
            where = f"{above}[{index}]"
            try:
                value = values[index]
            except Exception as error:  # as above
                let_through(error)
                self.odd.append(_unreadable(error, where))
                value = None
            yield self.plain(value, where)

    def _valid(self, text: str, where: str) -> str:
        try:
            return checked_text(text, where)
        except UnstorableValue as error:
            self.odd.append(error)
            return escaped(text)

    def _fitting(self, value: int, where: str) -> int | str:
        if SMALLEST_INT <= value <= LARGEST_INT:
            return value
        self.odd.append(UnstorableValue(f"{where} is an integer of more than 64 bits; its text is stored."))
        return str(value)


def params(payload: Any) -> tuple[dict[str, Any], list[UnstorableValue]]:
    """`payload` as JSON has it, and an error for each place in it that could not be kept as it was."""
    conversion = Conversion()
    return conversion.map(payload), conversion.odd


def plain_map(values: Mapping[Any, Any], field: str) -> dict[str, Any]:
    """`values` as JSON has them.

    Raises:
        UnstorableValue: One that can't be kept as it is; the message names it as an item of `field`.
    """
    conversion = Conversion()
    converted = conversion.map(values, field)
    if conversion.odd:
        raise conversion.odd[0]
    return converted


def leaves(values: Mapping[str, Any], joint: str = ".") -> Iterator[tuple[str, Any]]:
    """Nested maps without depth, for libraries that show none: each innermost value with its keys joined to one."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from ((f"{key}{joint}{inner}", leaf) for inner, leaf in leaves(value, joint))
        else:
            yield key, value


def _items(array: Any) -> Any:
    """Those of an array that is small enough; a scalar that Python has no other form of is its float."""
    if math.prod(getattr(array, "shape", ())) > MOST_ITEMS:
        return array
    items = array.tolist()
    return float(items) if type(items) is type(array) else items


def _unreadable(error: Exception, where: str) -> UnstorableValue:
    if isinstance(error, UnstorableValue):
        return error
    reason = as_text(error).partition("\n")[0]
    return UnstorableValue(f"{where} could not be read: {type(error).__name__}: {reason}.")
