"""The rows of a Trackio run, on their way to where they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ANCHOR = "-anchor"
"""How the id of the row ends that brings a run's config, and has no metrics."""


def rows_in(logs: Iterable[Mapping[str, Any]]) -> int:
    """How many of these are rows of metrics."""
    return sum(not str(entry.get("log_id")).endswith(ANCHOR) for entry in logs)
