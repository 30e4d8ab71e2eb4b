"""The rows of a Trackio run, on their way to where they are stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ANCHOR = "-anchor"
"""How the id of the row ends that brings a run's config, and has no metrics."""


def is_anchor(log_id: str) -> bool:
    """Whether this is the id of a row that brings a config."""
    return log_id.endswith(ANCHOR)


def rows_in(logs: Iterable[Mapping[str, Any]]) -> int:
    """How many of these are rows of metrics."""
    return sum(not is_anchor(str(entry.get("log_id"))) for entry in logs)
