"""What is no value: things that users log by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Thing:
    """An object that is neither a number nor configuration."""

    def __repr__(self) -> str:
        return "<a thing>"


KINDS: Mapping[str, Any] = {"object": Thing(), "complex": 1j, "set": frozenset({1, 2}), "type": Thing}


def made(odd: Mapping[str, str]) -> dict[str, Any]:
    """The values themselves, by name."""
    return {name: KINDS[kind] for name, kind in odd.items()}
