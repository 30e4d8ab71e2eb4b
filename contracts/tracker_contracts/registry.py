"""The harnesses that installed packages bring."""

from __future__ import annotations

from importlib.metadata import entry_points

GROUP = "tracker_contracts.harnesses"


def installed() -> dict[str, str]:
    """`package.module:Class` of each installed harness, by name."""
    return {point.name: point.value for point in entry_points(group=GROUP)}
