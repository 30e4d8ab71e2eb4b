"""Single values of a run: numbers, truth values and text, of whatever library."""

from __future__ import annotations

from functools import partial
from typing import Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.model.values.numbers import by_name, number
from zenml_trackers.model.values.params import Conversion

Scalar = bool | int | float | str


def scalars(payload: Any) -> tuple[dict[str, Scalar], list[UnstorableValue]]:
    """The values of `payload` by their names, of nested maps as `train/loss`, and an error for each odd or lost one.

    What can be a number is one, as for metrics; of all else the text counts that it has as a param.
    """
    conversion = Conversion()
    good, bad = by_name(payload, partial(_scalar, conversion))
    return good, [*bad, *conversion.odd]


def _scalar(conversion: Conversion, value: Any, where: str) -> Scalar:
    try:
        return number(value, where)
    except UnstorableValue:
        found = conversion.plain(value, where)
    if isinstance(found, (bool, int, float, str)):
        return found
    raise UnstorableValue(f"{where} is of type {type(value).__name__}; the summary holds numbers, bools and text.")
