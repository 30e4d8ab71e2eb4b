"""Keys and values as Aim takes them, and as they were given."""

from __future__ import annotations

from typing import Any

BIG_INT = "zenml.int"
"""Stands with its digits for an integer that does not fit into 64 bits with a sign, all that Aim takes."""
NAMELESS = "zenml.nameless"
"""Stands for a key without a character, which Aim takes, and does not give back."""
ESCAPE = "'"
"""After a key that is one of these two itself."""


def fitting(value: Any) -> Any:
    """A value as Aim takes it."""
    if isinstance(value, dict):
        return {fitting_key(key): fitting(item) for key, item in value.items()}
    if isinstance(value, list):
        return [fitting(item) for item in value]
    return {BIG_INT: str(value)} if isinstance(value, int) and value >= 2**63 else value


def given(value: Any) -> Any:
    """A value as it was given."""
    if isinstance(value, dict):
        is_int = value.keys() == {BIG_INT}
        return int(value[BIG_INT]) if is_int else {given_key(key): given(item) for key, item in value.items()}
    return [given(item) for item in value] if isinstance(value, list) else value


def fitting_key(key: str) -> str:
    """A key as Aim takes it."""
    if not key:
        return NAMELESS
    return key + ESCAPE if key.rstrip(ESCAPE) in (BIG_INT, NAMELESS) else key


def given_key(key: Any) -> str:
    """A key as it was given; another program's may be no text."""
    if key == NAMELESS:
        return ""
    text = str(key)
    return text.removesuffix(ESCAPE) if text.rstrip(ESCAPE) in (BIG_INT, NAMELESS) else text
