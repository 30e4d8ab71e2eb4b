"""The ways to do things, each a context that gives what is measured."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

Body = Callable[[], object]
Way = Callable[..., AbstractContextManager[Body]]

MODULES = ("steps", "libraries", "reading", "starting")


def side(name: str) -> Way:
    """The function of that name, given the folder to work in."""
    found: dict[str, Any] = {}
    for module in MODULES:
        found |= vars(import_module(f"{__name__}.{module}"))
    way: Way = found[name]
    return way
