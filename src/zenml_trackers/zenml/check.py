"""One thing that was looked at, and what was found."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class State(str, Enum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Check(NamedTuple):
    """What one check found, and what to do if that is not well."""

    name: str
    state: State
    found: str
    advice: str = ""
    note: str = ""
    """What is said of the name besides."""
