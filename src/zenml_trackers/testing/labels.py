"""Types and aliases of artifacts, in the document of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def labels(config: Mapping[str, Any], key: str = "zenml.artifacts") -> dict[str, list[str]]:
    """By the names of the artifacts, the type first."""
    return {each["name"]: [each.get("type", ""), *each.get("aliases", ())] for each in config.get(key, ())}
