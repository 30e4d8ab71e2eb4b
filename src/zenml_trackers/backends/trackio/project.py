"""Which names Trackio keeps for a project; known here, since a configuration is checked without loading Trackio."""

from __future__ import annotations

import re
from hashlib import sha256

from zenml_trackers.errors import InvalidProject

RESERVED_PREFIX = "registry-"
RESERVED_SUFFIXES = (
    "_system",
    "_configs",
    "_traces",
    "_artifacts",
    "_artifact_versions",
    "_artifact_aliases",
    "_run_artifact_links",
    "_external_run_artifact_links",
)
"""Trackio 0.43 refuses projects of such names, since they would share files with another project."""
LONGEST = 180
"""Bytes of a name: its files have endings on top, and file systems take 255 in all."""


def check_project(name: str) -> None:
    """Refuse a name that Trackio would change or refuse.

    Raises:
        InvalidProject: With a name that would do.
    """
    usable = usable_project(name)
    if name != usable:
        raise InvalidProject(
            f"project {name!r} can't be used: Trackio keeps only letters, digits, '-' and '_' of a project's name, "
            f"{LONGEST} bytes at most, and reserves some endings for itself. Use {usable!r}."
        )


def usable_project(name: str) -> str:
    """The name itself if Trackio keeps it as it is, else the nearest one that it does."""
    usable = re.sub(r"[^\w-]+", "-", name).strip("-") or "default"
    if usable.startswith(RESERVED_PREFIX) or usable.endswith(RESERVED_SUFFIXES):
        usable = f"zenml-{usable}-runs"
    if len(encoded := usable.encode()) > LONGEST:
        usable = f"{encoded[: LONGEST - 17].decode(errors='ignore')}-{sha256(encoded).hexdigest()[:16]}"
    return usable
