"""From tracker URLs and credentials to a backend."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import entry_points

from zenml_trackers.delivery import budgets
from zenml_trackers.delivery.lifecycle import Limits
from zenml_trackers.errors import BackendMissing, InvalidSettings, TrackerError
from zenml_trackers.model.naming import did_you_mean
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import ENTRY_POINTS, Backend, backend_class, need_library

CREDENTIALS = frozenset({"api_key", "username", "password"})
TRANSPORTS = frozenset({"sqlite", "http", "https"})
"""What other libraries' URLs begin with, and ours have after the backend's name."""


def backends_at(
    urls: Sequence[TrackerUrl], project: str, credentials: Mapping[str, str], limits: Limits
) -> list[Backend]:
    """The trackers at some URLs; nothing is connected.

    Each library must be installed, in a release that its backend works with; none is loaded.

    Args:
        urls: At least one.
        project: What to call the project where a URL does not.
        credentials: Values by name: `api_key`, `username`, `password`, or one of these for one backend alone, as in
            `mlflow.password`.
        limits: What tracking may cost.

    Raises:
        BackendMissing: A URL names a backend that is not installed, or whose library is not.
        BackendUnfit: The library of a backend is installed in another release.
        InvalidUrl: A URL makes no sense for its backend.
        InvalidSettings: A credential that nothing takes.
    """
    need_known(credentials, urls)
    return [backend_at(url, project, credentials, limits) for url in urls]


def backend_at(url: TrackerUrl, project: str, credentials: Mapping[str, str], limits: Limits) -> Backend:
    """The tracker at one URL, as `backends_at` has it."""
    need_library(kind := _backend_class(url))
    timeout = min(budgets.LONGEST_REQUEST, limits.deadline * budgets.REQUEST)
    backend = kind.from_url(url, project, credentials_for(url.backend, credentials), timeout)
    backend.url = str(url)
    backend.secrets = (*backend.secrets, *credentials.values())  # a step may print what another tracker was given
    return backend


def project_by_variable(urls: Sequence[TrackerUrl]) -> str | None:
    """The project that the library's own variable names; None for several trackers, which have one in common."""
    if len(urls) != 1:
        return None
    with suppress(TrackerError):  # which is told of when the run is made
        return os.environ.get(backend_class(urls[0].backend).project_variable) or None
    return None


def _backend_class(url: TrackerUrl) -> type[Backend]:
    try:
        return backend_class(url.backend)
    except BackendMissing as error:
        known = [point.name for point in entry_points(group=ENTRY_POINTS)]
        if url.backend in known:
            raise
        hint = did_you_mean(url.backend, known)
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
