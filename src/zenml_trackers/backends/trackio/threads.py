"""Trackio's own calls in threads that no tracked step's context was passed to.

Replaces the five `current_` variables of `trackio.context_vars` while a tracked step runs (0.24 to 0.43): Trackio looks
each of them up there when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from typing import Any

from trackio import context_vars

NAMES = ("run", "project", "server", "space_id", "server_write_token")
Values = Mapping[ContextVar[Any], Any]


class AnyThread:
    """Stands for one of the variables: a context in which it is not set has what the only tracked step has."""

    def __init__(self, variable: ContextVar[Any], only: Callable[[], Values]) -> None:
        self._variable = variable
        self._only = only

    def __getattr__(self, name: str) -> Any:
        return getattr(self._variable, name)

    def get(self, *default: Any) -> Any:
        """As of a context variable."""
        value = self._variable.get(*default)
        return self._only().get(self._variable) if value is None else value

    def set(self, value: Any) -> Token[Any]:
        """As of a context variable."""
        return self._variable.set(value)


def show(only: Callable[[], Values]) -> None:
    """Have all threads see what the only tracked step has.

    Args:
        only: Its values of the variables; none if there are several steps.
    """
    for name in NAMES:
        setattr(context_vars, f"current_{name}", AnyThread(VARIABLES[name], only))


def hide() -> None:
    """Have each thread see its own context again."""
    for name in NAMES:
        setattr(context_vars, f"current_{name}", VARIABLES[name])


VARIABLES: dict[str, ContextVar[Any]] = {name: getattr(context_vars, f"current_{name}") for name in NAMES}
