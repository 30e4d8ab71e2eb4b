"""Rows of metrics as lines of a journal: there are many of them, so that they are written and read the quick way.

What orjson would not keep, NaN, infinities, and integers beyond 64 bits, is left to Python's own JSON.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson

BEGIN = b'{"kind":"metrics",'
"""How the line of a row begins."""
LARGE = 2**63
"""Of integers from here on, orjson makes floats when it reads them."""
PROCESS, RANK = "process", "rank"
"""What a row of a child process has beside the others."""
CHILD = b',"process":'
NUMBERS = frozenset({bool, int, float})


def line(record: Mapping[str, Any]) -> bytes | None:
    """A row as JSON; None if Python's own JSON has to write it."""
    try:
        if all(map(math.isfinite, record["values"].values())):
            return orjson.dumps(record)
    except (TypeError, OverflowError):  # a large integer, or text that UTF-8 lacks
        pass
    return None


def fields(line: bytes) -> dict[str, Any] | None:
    """What a row's line holds; None if it is none, is damaged, or has to be read by Python's own JSON."""
    if not line.startswith(BEGIN) or CHILD in line:
        return None
    try:
        found: dict[str, Any] = orjson.loads(line)
        small = max(map(abs, found["values"].values()), default=0) < LARGE  # raises for what is no number
        return found if small and type(found["step"]) is int and "time" in found else None
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def need_row(fields: Mapping[str, Any]) -> None:
    """See that the disk has not changed a row; the step of a child process's may be left to be counted.

    Raises:
        TypeError: It has.
    """
    numbers = NUMBERS.issuperset(map(type, fields["values"].values()))
    if not numbers or not isinstance(fields["step"], int if PROCESS not in fields else (int, type(None))):
        raise TypeError("the values of a row are numbers, and so is its step")
