"""Which combinations of the unified flavor's fields make sense, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from zenml.utils.secret_utils import is_secret_reference

from zenml_trackers.delivery.connection import backends_at, need_known
from zenml_trackers.delivery.lifecycle import Limits
from zenml_trackers.errors import BackendMissing, InvalidProject, InvalidSettings, InvalidUrl
from zenml_trackers.model.url import TrackerUrl

Fields = dict[str, Any]


def checked(given: Fields) -> Fields:
    """The fields, if they make sense together.

    An empty `url` or `urls` is left out, so that an update can replace the one by the other.

    Raises:
        InvalidSettings: They don't, or a credential would be stored in clear; the message says what to change.
        InvalidUrl: A URL is none.
    """
    fields = {name: value for name, value in given.items() if value or name not in ("url", "urls")}
    if "url" in fields and "urls" in fields:
        raise InvalidSettings(
            "url and urls exclude each other; leave one of them out. "
            "In an update, empty the other: --url= or --urls='[]'"
        )
    if "url" not in fields and "urls" not in fields:
        raise InvalidSettings(
            "url is missing; write one such as --url=trackio:///digits, or several as "
            """--urls='["trackio:///digits", "memory://digits"]'"""
        )
    if not all(isinstance(text, str) for text in _texts(fields)):
        return fields  # pydantic tells of that
    credentials = fields.get("credentials") or {}
    with _naming("credentials", InvalidSettings):
        need_known(credentials, _places(fields))
    for name, value in credentials.items():
        if not is_secret_reference(value):
            raise InvalidSettings(f"credentials[{name!r}] would be stored in clear; pass it as {{{{secret.key}}}}")
    return fields


def need_backends(fields: Mapping[str, Any], project: str, credentials: Mapping[str, str]) -> None:
    """See that each URL makes sense for its backend, whose library is installed.

    Raises:
        TrackerError: One does not, and why.
    """
    with _naming(_given(fields), InvalidUrl, InvalidProject, BackendMissing):
        backends_at(_places(fields), project, credentials, Limits())


def _places(fields: Mapping[str, Any]) -> list[TrackerUrl]:
    with _naming(_given(fields), InvalidUrl):
        return [TrackerUrl.parse(text) for text in _texts(fields)]


def _texts(fields: Mapping[str, Any]) -> list[str]:
    return list(fields["urls"]) if _given(fields) == "urls" else [fields["url"]]


def _given(fields: Mapping[str, Any]) -> str:
    """The field that has the URLs."""
    return "urls" if fields.get("urls") else "url"


@contextmanager
def _naming(field: str, *kinds: type[Exception]) -> Iterator[None]:
    """Have errors of these kinds begin with the name of the field."""
    try:
        yield
    except kinds as error:
        raise type(error)(f"{field}: {error}") from None
