"""The harnesses that installed packages bring, and what names a harness on the command line."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

GROUP = "tracker_contracts.harnesses"


def installed() -> dict[str, str]:
    """`package.module:Class` of each installed harness, by name."""
    return {point.name: point.value for point in entry_points(group=GROUP)}


@cache
def spec_of(harness: type) -> str:
    """The name that a harness is installed by; `package.module:Class` if it is not."""
    spec = f"{harness.__module__}:{harness.__qualname__}"
    return next((name for name, known in installed().items() if known == spec), spec)
