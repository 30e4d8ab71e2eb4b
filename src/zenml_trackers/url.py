"""Tracker URLs: one line that says which tracker holds the runs, and where.

`backend[+transport]://host/path?option=value`, as SQLAlchemy's: after the host comes one slash that belongs to nothing,
so that `tensorboard:///runs` is a folder below the working directory, and `tensorboard:////data/runs` an absolute one.
Every URL takes the option `project`. Credentials are never part of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from zenml_trackers.errors import InvalidUrl

SCHEME = re.compile(r"[a-z][a-z0-9_-]*(\+[a-z][a-z0-9-]*)?")
SECRET_OPTION = re.compile(r"token|password|secret|api_?key|credential", re.IGNORECASE)
EXAMPLES = "trackio:///my-project, mlflow+http://localhost:5000/my-project or tensorboard:///runs"


class TrackerUrl(BaseModel):
    """A tracker URL, taken apart."""

    model_config = ConfigDict(frozen=True)

    backend: str
    transport: str | None = None
    """How the backend is reached, such as `http` or `sqlite`; None is the backend's own choice."""
    host: str = ""
    """Host and port, or what the backend has in their place."""
    path: str = ""
    """What follows the slash after the host: with a slash of its own an absolute path."""
    options: dict[str, str] = Field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> TrackerUrl:
        """The URL in `text`.

        Raises:
            InvalidUrl: It is none, or holds credentials; the message does not show those.
        """
        scheme, colon, rest = text.strip().partition("://")
        if not colon or not SCHEME.fullmatch(scheme):
            raise InvalidUrl(f"{_shown(text)} is no tracker URL; write one such as {EXAMPLES}.")
        parts = urlsplit(f"x://{rest}")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        _need_no_credentials(parts.netloc, options)
        backend, _, transport = scheme.partition("+")
        path = unquote(parts.path.removeprefix("/"))
        return cls(backend=backend, transport=transport or None, host=parts.netloc, path=path, options=options)

    def __str__(self) -> str:
        """The URL as it is written."""
        scheme = f"{self.backend}+{self.transport}" if self.transport else self.backend
        path = f"/{quote(self.path)}" if self.path else ""
        return f"{scheme}://{self.host}{path}" + (f"?{urlencode(self.options)}" if self.options else "")

    @property
    def server(self) -> str:
        """The address of the server itself, as `http://host:port`."""
        return f"{self.transport or 'https'}://{self.host}"

    def need_transport(self, *known: str | None) -> None:
        """See that the transport is one of `known`; None among them stands for no transport.

        Raises:
            InvalidUrl: It is another; the message lists what there is.
        """
        if self.transport not in known:
            there_are = ", ".join(f"{self.backend}+{each}://" if each else f"{self.backend}://" for each in known)
            raise InvalidUrl(f"{self} can't be reached that way; there are {there_are}.")

    def need_options(self, known: Iterable[str]) -> None:
        """See that there are no options but `known` ones and `project`.

        Raises:
            InvalidUrl: There is another; the message lists what there is.
        """
        allowed = {"project", *known}
        if unknown := sorted(self.options.keys() - allowed):
            raise InvalidUrl(f"{self} has the unknown option {unknown[0]!r}; there are {', '.join(sorted(allowed))}.")


def _need_no_credentials(host: str, options: Iterable[str]) -> None:
    if "@" in host:
        raise InvalidUrl(
            "The URL holds credentials before the host, which would be stored in clear; leave them out and pass them "
            "as username and password, or as api_key, best as {{secret.key}}."
        )
    if found := [name for name in options if SECRET_OPTION.search(name)]:
        raise InvalidUrl(
            f"The URL's option {found[0]!r} looks like a secret, which would be stored in clear; leave it out and pass "
            "it as api_key or password, best as {{secret.key}}."
        )


def _shown(text: str) -> str:
    """The text without what might be credentials in it."""
    return repr(re.sub(r"[^/]*@", "…@", text.partition("?")[0]))
