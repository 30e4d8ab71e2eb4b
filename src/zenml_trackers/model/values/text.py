"""Names and other text, which every tracker stores as UTF-8."""

from __future__ import annotations

from enum import Enum
from typing import Any

from zenml_trackers.errors import UnstorableValue
from zenml_trackers.interruption import let_through


def checked_text(text: str, where: str) -> str:
    """`text` if UTF-8 has it, else an `UnstorableValue`."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UnstorableValue(f"{where} holds a lone surrogate, which is no valid text: {ascii(text)[:80]}.") from error
    return text


def escaped(text: str) -> str:
    """`text` with what UTF-8 lacks escaped."""
    return text.encode(errors="backslashreplace").decode()


def shown(value: Any) -> str:
    """How a value is named in what is said of it; by its type alone if it can't be shown."""
    try:
        return repr(value)
    except Exception as error:
        let_through(error)
        return f"<{type(value).__name__}>"


def as_text(value: Any) -> str:
    """A value as text, whatever it is; characters that UTF-8 lacks are escaped."""
    try:
        return escaped(str(value))
    except Exception as error:
        let_through(error)
        return shown(value)


def as_key(key: Any, where: str) -> str:
    """The key of a map as text: that of an enum's member is its value's.

    Raises:
        UnstorableValue: It is no valid text; the message names it.
    """
    plain = key.value if isinstance(key, Enum) else key
    return checked_text(str(plain), where)
