"""A series of numbers as a line of blocks."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

from rich.console import Console

Number = bool | int | float

BLOCKS = "▁▂▃▄▅▆▇█"
NO_NUMBER = "!"
"""Stands where a NaN or an infinity was logged, however many numbers are beside it."""


def sparkline(values: Sequence[Number], width: int) -> str:
    """At most `width` characters; where there are more values, each stands for the mean of several."""
    bins = [_mean(values[start:end]) for start, end in _bounds(len(values), width)]
    known = [each for each in bins if each is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    return "".join(NO_NUMBER if each is None else _block(each, low, high) for each in bins)


def can_draw(console: Console) -> bool:
    """Whether what the console writes to takes the blocks."""
    try:
        BLOCKS.encode(console.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _bounds(count: int, width: int) -> list[tuple[int, int]]:
    bins = min(count, width)
    return [(index * count // bins, (index + 1) * count // bins) for index in range(bins)]


def _mean(values: Sequence[Number]) -> float | None:
    """None if one of them is no number, or is infinite."""
    floats = [_float(value) for value in values]
    if not all(map(math.isfinite, floats)):
        return None
    if min(floats) == max(floats):
        return floats[0]  # a sum of equal numbers is rounded, which would be drawn
    mean = sum(value / len(floats) for value in floats)
    return min(max(mean, -sys.float_info.max), sys.float_info.max)


def _float(value: Number) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf  # an integer that no float holds


def _block(value: float, low: float, high: float) -> str:
    scale = max(abs(low), abs(high)) or 1.0  # the difference may be more than a float holds
    span = high / scale - low / scale
    share = (value / scale - low / scale) / span if span else 0.5
    return BLOCKS[min(int(share * len(BLOCKS)), len(BLOCKS) - 1)]
