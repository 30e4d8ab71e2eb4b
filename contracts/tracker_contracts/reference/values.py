"""What can be stored: numbers as metrics, and as params whatever JSON can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

HIDDEN = "********"


class Unstorable(ValueError):
    """A value that can't be stored; the rest of its payload is."""


def split(payload: Mapping[Any, Any], check: Callable[[Any, str], Any]) -> tuple[dict[str, Any], list[Unstorable]]:
    """What of the payload can be stored, and one error for each key that can't."""
    good: dict[str, Any] = {}
    bad: list[Unstorable] = []
    for key, value in payload.items():
        try:
            good[text(key, repr(key))] = check(value, repr(key))
        except Unstorable as error:
            bad.append(error)
    return good, bad


def text(value: Any, where: str) -> str:
    """The value, if it is text that every reader can decode.

    Raises:
        Unstorable: It is not; the message says where it was.
    """
    if not isinstance(value, str):
        raise Unstorable(f"{where} is of type {type(value).__name__}, not text")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Unstorable(f"{where} holds half a character")
    return str(value)


def label(value: Any, where: str) -> str:
    """The value as a tag.

    Raises:
        Unstorable: It is no text, or empty.
    """
    if value == "":
        raise Unstorable(f"{where} is empty")
    return text(value, where)


def number(value: Any, where: str) -> bool | int | float:
    """The value as a metric; arrays of one number count as that number.

    Raises:
        Unstorable: It is no number.
    """
    if isinstance(value, (bool, int, float)):
        return value
    try:
        return number(value.item(), where)
    except (AttributeError, TypeError, ValueError, RuntimeError):
        raise Unstorable(f"{where} is of type {type(value).__name__}, not a number") from None


def plain(value: Any, where: str) -> Any:
    """The value as JSON has it.

    Raises:
        Unstorable: JSON has no such thing, or it holds itself.
    """
    if value is None or isinstance(value, (bool, int, float)):
        return value
    try:
        if isinstance(value, Mapping):
            return {text(key, f"{where}[{key!r}]"): plain(item, f"{where}[{key!r}]") for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    except RecursionError:
        raise Unstorable(f"{where} holds itself, or is nested too deep") from None
    return text(value, where)


def redacted(value: Any, secrets: Iterable[str]) -> Any:
    """The value with each secret starred out, wherever it is in it."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
    elif isinstance(value, dict):
        return {redacted(key, secrets): redacted(item, secrets) for key, item in value.items()}
    elif isinstance(value, list):
        return [redacted(item, secrets) for item in value]
    return value
