"""Tags: text, each once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zenml_trackers.errors import InvalidTag, UnstorableValue
from zenml_trackers.model.values.text import checked_text


def tag_set(tags: Iterable[Any], field: str = "tags") -> tuple[str, ...]:
    """The tags without duplicates, in the order in which they came.

    Raises:
        InvalidTag: One that is empty, no string, or no valid unicode; the message says which.
    """
    if isinstance(tags, (str, bytes)):
        raise InvalidTag(f"{field} is one string, {tags!r}; pass a list of strings.")
    unique: dict[str, None] = {}
    for index, tag in enumerate(tags):
        unique[_checked_tag(tag, f"{field}[{index}]")] = None
    return tuple(unique)


def _checked_tag(tag: Any, where: str) -> str:
    if not isinstance(tag, str):
        raise InvalidTag(f"{where} is {tag!r}, of type {type(tag).__name__}; tags are strings.")
    if not tag:
        raise InvalidTag(f"{where} is empty; remove it or give it a name.")
    try:
        return checked_text(tag, where)
    except UnstorableValue as error:
        raise InvalidTag(str(error)) from error
