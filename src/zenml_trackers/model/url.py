"""Tracker URLs: one line that says which tracker holds the runs, and where.

`backend[+transport]://host/path?option=value`, as SQLAlchemy's: after the host comes one slash that belongs to nothing,
so that `tensorboard:///runs` is a folder below the working directory, and `tensorboard:////data/runs` an absolute one.
Every URL takes the option `project`. Credentials are never part of one. No error shows the value of an option: it may
be a secret that got there by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from zenml_trackers.errors import InvalidUrl

SCHEME = re.compile(r"[a-z][a-z0-9_-]*(\+[a-z][a-z0-9-]*)?")
SECRET_OPTION = re.compile(r"token|passw|passphrase|pwd|secret|key|credential|auth", re.IGNORECASE)
BLANK = re.compile(r"\s")
WAYS_OUT = (
    "leave it out. A component takes username and password, or api_key, best as {{secret.key}}; connect() takes "
    "credentials; and commands take what the tracker's own library takes from the environment."
)
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
        parts = _split(rest)
        if not colon or not SCHEME.fullmatch(scheme) or parts is None or not is_text(text):
            raise InvalidUrl(f"{_shown(text)} is no tracker URL; write one such as {EXAMPLES}.")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        _need_no_credentials(parts, options)
        if "#" in rest:
            raise InvalidUrl("A tracker URL has no part after '#'; where that sign belongs to a name, write %23.")
        if "?" in parts.query:  # else what follows would be part of the value before, a token too
            raise InvalidUrl("A tracker URL has one '?', and '&' between its options; in a value, write %3F.")
        backend, _, transport = scheme.partition("+")
        if transport in ("http", "https") and not has_usable_port(parts):
            raise InvalidUrl(f"{_shown(text)} has a port that is no number from 0 to 65535.")
        path = unquote(parts.path.removeprefix("/"))
        return cls(backend=backend, transport=transport or None, host=parts.netloc, path=path, options=options)

    def __str__(self) -> str:
        """The URL as it is written."""
        scheme = f"{self.backend}+{self.transport}" if self.transport else self.backend
        path = f"/{quote(self.path)}" if self.path else ""
        return f"{scheme}://{self.host}{path}" + (f"?{urlencode(self.options)}" if self.options else "")

    @property
    def shown(self) -> str:
        """The URL for an error's message: with the names of its options, and without their values."""
        bare = self.model_copy(update={"options": {}})
        return f"{bare}" + (f"?{'&'.join(f'{quote(name)}=…' for name in self.options)}" if self.options else "")

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
            raise InvalidUrl(f"{self.shown} can't be reached that way; there are {there_are}.")

    def need_options(self, known: Iterable[str]) -> None:
        """See that there are no options but `known` ones and `project`.

        Raises:
            InvalidUrl: There is another; the message lists what there is.
        """
        allowed = {"project", *known}
        if unknown := sorted(self.options.keys() - allowed):
            there_are = f"there are {', '.join(sorted(allowed))}" if len(allowed) > 1 else "the only option is project"
            raise InvalidUrl(f"{self.shown} has the unknown option {unknown[0]!r}; {there_are}.")


def is_text(text: str) -> bool:
    """Whether UTF-8 can hold it: a lone surrogate is what Python makes of a byte that is no text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def has_usable_port(parts: SplitResult) -> bool:
    """Whether the host has a port that can be one, or none."""
    try:
        return parts.port is None or parts.port >= 0
    except ValueError:
        return False


def _split(rest: str) -> SplitResult | None:
    """What follows the scheme, taken apart; None if that can't be."""
    try:
        parts = urlsplit(f"x://{rest}")
        return None if BLANK.search(parts.netloc) else parts
    except ValueError:  # its message shows the host, with what may stand before it
        return None


def _need_no_credentials(parts: SplitResult, options: Iterable[str]) -> None:
    # A password may have a '/', '?' or '#' in it, and then what looks like the host ends there.
    before, _, _ = f"{parts.netloc}{parts.path}{parts.query}{parts.fragment}".rpartition("@")
    after_colon = ":" in before and "@" not in parts.netloc
    if "@" in parts.netloc or after_colon:
        raise InvalidUrl(
            f"The URL holds credentials before the host, which would be stored in clear; {WAYS_OUT}"
            + (" Where '@' belongs to a name, write %40." if after_colon else "")
        )
    if found := [name for name in options if SECRET_OPTION.search(name)]:
        raise InvalidUrl(
            f"The URL's option {found[0]!r} looks like a secret, which would be stored in clear; {WAYS_OUT}"
        )


def _shown(text: str) -> str:
    """The text without what might be credentials in it; all before an '@' might be, and options too."""
    return "That text" if "@" in text else repr(re.split("[?#]", text)[0])
