"""From tracker URLs and credentials to a backend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import entry_points

from zenml_trackers.backend import ENTRY_POINTS, Backend, backend_class, need_library
from zenml_trackers.delivery import Limits
from zenml_trackers.errors import BackendMissing, InvalidSettings
from zenml_trackers.fanout import Fanout
from zenml_trackers.naming import did_you_mean
from zenml_trackers.url import TrackerUrl

CREDENTIALS = frozenset({"api_key", "username", "password"})
SHARE_OF_REQUEST = 0.25
"""How much of the deadline one request may take."""
TRANSPORTS = frozenset({"sqlite", "http", "https"})
"""What other libraries' URLs begin with, and ours have after the backend's name."""


def backend_at(urls: Sequence[TrackerUrl], project: str, credentials: Mapping[str, str], limits: Limits) -> Backend:
    """The tracker at a URL, or several as one; nothing is connected.

    Each library must be installed, but is not loaded.

    Args:
        urls: At least one.
        project: What to call the project where a URL does not.
        credentials: Values by name: `api_key`, `username`, `password`, or one of these for one backend alone, as in
            `mlflow.password`.
        limits: What tracking may cost.

    Raises:
        BackendMissing: A URL names a backend that is not installed, or whose library is not.
        InvalidUrl: A URL makes no sense for its backend.
        InvalidSettings: A credential that nothing takes.
    """
    need_known(credentials, urls)
    for url in urls:
        need_library(_backend_class(url))
    timeout = min(5.0, limits.deadline * SHARE_OF_REQUEST)
    backends = [
        backend_class(url.backend).from_url(url, project, credentials_for(url.backend, credentials), timeout)
        for url in urls
    ]
    for backend in backends:  # a step may print what another tracker was given
        backend.secrets = (*backend.secrets, *credentials.values())
    return backends[0] if len(backends) == 1 else Fanout(backends, limits)


def _backend_class(url: TrackerUrl) -> type[Backend]:
    try:
        return backend_class(url.backend)
    except BackendMissing as error:
        hint = did_you_mean(url.backend, (point.name for point in entry_points(group=ENTRY_POINTS)))
        if url.backend in TRANSPORTS and not url.transport:
            hint = f"Write the tracker's name before it, such as mlflow+{url.shown}."
        raise BackendMissing(f"{error} {hint}".rstrip()) from None


def credentials_for(backend: str, given: Mapping[str, str]) -> dict[str, str]:
    """Those that a backend takes, its own before those for all."""
    taken = {name: given.get(f"{backend}.{name}") or given.get(name) for name in backend_class(backend).credentials}
    return {name: value for name, value in taken.items() if value}


def need_known(credentials: Iterable[str], urls: Sequence[TrackerUrl]) -> None:
    """See that each credential has a name that means something here.

    Raises:
        InvalidSettings: One has not; the message lists what there is.
    """
    known = CREDENTIALS | {f"{url.backend}.{name}" for url in urls for name in CREDENTIALS}
    if unknown := sorted(set(credentials) - known):
        raise InvalidSettings(f"{unknown[0]!r} is no credential; there are {', '.join(sorted(known))}.")
