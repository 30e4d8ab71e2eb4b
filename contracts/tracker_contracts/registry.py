"""The harnesses that installed packages bring, and what names a harness on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points

GROUP = "tracker_contracts.harnesses"


def installed() -> dict[str, str]:
    """`package.module:Class` of each installed harness, by name."""
    return {point.name: point.value for point in entry_points(group=GROUP)}


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A question that names the known word nearest to a misspelt one; empty if none is near."""
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(given.lower(), by_lower, n=1)
    return f" Did you mean {by_lower[near[0]]}?" if near else ""


@cache
def spec_of(harness: type) -> str:
    """The name that a harness is installed by; `package.module:Class` if it is not."""
    spec = f"{harness.__module__}:{harness.__qualname__}"
    return next((name for name, known in installed().items() if known == spec), spec)
