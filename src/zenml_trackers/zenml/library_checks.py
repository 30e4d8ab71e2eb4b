"""Whether the libraries that the trackers use are there, in releases that this package works with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from zenml.stack import StackComponent

from zenml_trackers.errors import BackendMissing
from zenml_trackers.model.url import TrackerUrl
from zenml_trackers.port.backend import Backend, backend_class, need_library
from zenml_trackers.port.libraries import releases
from zenml_trackers.zenml.check import Check, State

if TYPE_CHECKING:
    from zenml.models import ComponentResponse


def library_checks(models: Iterable[ComponentResponse]) -> Iterator[Check]:
    """One for each library that these trackers use, but for Trackio, which has a check of its own."""
    used = {place.backend for model in models for place in _places(model)}
    for name in sorted(used - {"trackio"}):
        with suppress(BackendMissing):  # of a backend that is not there its tracker tells
            if (backend := backend_class(name)).library:
                yield library_check(backend)


def library_check(backend: type[Backend]) -> Check:
    """Whether the library of a backend is there in a release that fits."""
    distribution = Requirement(backend.requires or backend.library).name
    found = release_of(backend.library, distribution)
    try:
        need_library(backend)
    except BackendMissing as error:
        return Check(distribution, State.FAIL, found, str(error))
    return Check(distribution, State.OK, found)


def release_of(module: str, distribution: str) -> str:
    """The release of a library, or of what brings its module in its place."""
    found = releases(module, distribution)
    return found.get(distribution) or ", ".join(map(" ".join, found.items())) or "no release found"


def _places(model: ComponentResponse) -> list[TrackerUrl]:
    """The tracker URLs of a component; none if it can't be loaded, of which its own check tells."""
    with suppress(Exception):
        return list(getattr(StackComponent.from_model(model).config, "places", []))
    return []
