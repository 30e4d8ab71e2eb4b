"""What the fields of a component take, and how each is written on the command line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Mapping
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from zenml.utils.secret_utils import is_secret_reference

from zenml_trackers.errors import InvalidSettings
from zenml_trackers.model.url import is_text

KINDS: dict[Any, tuple[str, Any]] = {
    list: ("a list of text in JSON", ["…"]),
    dict: ("a map in JSON", {"…": "…"}),
    bool: ("true or false", True),
    float: ("a number above 0", 30),
    str: ("text", "…"),
}
"""How the values of a field are described, and an example for fields that have none of their own."""

CONTAINERS: dict[Any, tuple[type, ...]] = {list: (list, tuple, set, frozenset), dict: (Mapping,)}
"""What may be given for a list or a map."""


def read(name: str, field: FieldInfo, value: Any) -> Any:
    """The value as the field has it; lists and maps may be given as JSON, which is all that a command line can give.

    Raises:
        InvalidSettings: It is no JSON, or that of something else; the message says how to write it, and not what it
            is: there may be a secret in it.
    """
    if isinstance(value, str) and not is_text(value):
        raise InvalidSettings(f"{name} holds a lone surrogate, which is no valid text")
    kind = CONTAINERS.get(_kind(field))
    if kind is None or value is None:
        return value
    found = _parsed(value) if isinstance(value, str) else value
    if not isinstance(found, kind):
        raise InvalidSettings(wanted(name, field))
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def need_no_reference(name: str, field: FieldInfo, value: Any, never_secret: Collection[str]) -> None:
    """See that a reference to a secret is where ZenML looks it up: in a field of text, but for those `never_secret`.

    Raises:
        InvalidSettings: It is elsewhere.
    """
    if is_secret_reference(value) and (_kind(field) is not str or name in never_secret):
        raise InvalidSettings(f"{name} can't be a reference to a secret. {wanted(name, field)}")


def wanted(name: str, field: FieldInfo) -> str:
    """What the field takes, with an example."""
    description, example = _words(field) or KINDS[_kind(field)]
    example = field.examples[0] if field.examples else example
    text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
    return f"{name} must be {description}, such as --{name}={shlex.quote(text)}."


def _words(field: FieldInfo) -> tuple[str, str] | None:
    """The only words that the field takes, if it is one of these, and the first."""
    if get_origin(_type(field)) is not Literal:
        return None
    words = get_args(_type(field))
    *others, last = map(repr, words)
    return f"{', '.join(others)} or {last}", words[0]


def _kind(field: FieldInfo) -> Any:
    """The class of the field's values, whether or not it may be left out."""
    return get_origin(_type(field)) or _type(field)


def _type(field: FieldInfo) -> Any:
    taken = field.annotation
    if get_origin(taken) is Union:
        [taken] = [each for each in get_args(taken) if each is not type(None)]
    return taken
