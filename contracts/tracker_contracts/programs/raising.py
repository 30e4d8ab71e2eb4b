"""The exceptions that steps end with."""

from __future__ import annotations

import asyncio
import builtins
from typing import Any

from tracker_contracts.programs.plan import Fail


class CustomError(Exception):
    """An exception class of the user's own."""


NOT_BUILTIN: dict[str, type[BaseException]] = {"CustomError": CustomError, "CancelledError": asyncio.CancelledError}


def exception(fail: Fail) -> BaseException:
    """The exception that is to be raised."""
    arguments: list[object] = [] if fail.message is None else [fail.message]
    kind: Any = NOT_BUILTIN.get(fail.kind) or getattr(builtins, fail.kind, ValueError)  # before 3.11 without groups
    if kind.__name__ == "ExceptionGroup":
        arguments.append([ValueError("the first"), KeyError("the second")])
    made: BaseException = kind(*arguments)
    return made


def throw(fail: Fail) -> None:
    """Raise it."""
    if not fail.chained:
        raise exception(fail)
    try:
        raise LookupError("the cause")
    except LookupError as cause:
        raise exception(fail) from cause
