"""Secrets of a configuration, looked up when they are used and not before."""

from __future__ import annotations

from typing import Any

from zenml.client import Client
from zenml.utils.secret_utils import parse_secret_reference

from zenml_trackers.errors import SecretMissing


def resolved(config: Any, field: str) -> str | None:
    """The field's value; a reference to a secret is looked up now.

    ZenML's own error would show the whole configuration, so it is not passed on.

    Raises:
        SecretMissing: There is no such secret, or no such key in it.
    """
    try:
        value: str | None = getattr(config, field)
    except KeyError:
        raise _missing(field, config.__dict__[field]) from None
    return value


def looked_up(reference: str, field: str) -> str:
    """The value that `{{name.key}}` stands for, in a field that ZenML does not look into.

    Raises:
        SecretMissing: There is no such secret, or no such key in it.
    """
    wanted = parse_secret_reference(reference)
    try:
        return Client().get_secret(wanted.name, allow_partial_name_match=False).secret_values[wanted.key]
    except KeyError:
        raise _missing(field, reference) from None


def _missing(field: str, reference: str) -> SecretMissing:
    return SecretMissing(
        f"{field} is {reference}, but there is no such secret or no such key in it; "
        f"create it with `zenml secret create`"
    )
