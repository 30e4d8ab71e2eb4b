"""The trackers that a run is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from zenml_trackers.port.backend import Backend

Make = Callable[[str], Backend]
"""Makes a backend for a project, and looks up the credentials for it."""


class Component(NamedTuple):
    """What has these trackers in ZenML's stack."""

    id: str
    name: str


@dataclass(frozen=True)
class Receiver:
    """One of a run's trackers."""

    name: str
    """That of its backend; the second of one kind is `memory_2`."""
    kind: str
    """The name of its backend."""
    url: str
    """Without credentials."""
    make: Make


def receivers(places: Iterable[tuple[str, str, Make]]) -> list[Receiver]:
    """Receivers with names, from the kind, the URL and the maker of each."""
    seen = Counter[str]()
    found = []
    for kind, url, make in places:
        seen[kind] += 1
        found.append(Receiver(kind if seen[kind] == 1 else f"{kind}_{seen[kind]}", kind, url, make))
    return found
