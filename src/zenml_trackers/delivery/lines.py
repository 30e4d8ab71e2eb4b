"""Records as lines of a journal, by the name of their kind."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from zenml_trackers.delivery import rows
from zenml_trackers.model.records import (
    Alert,
    Artifact,
    Definition,
    End,
    Image,
    Logged,
    Metrics,
    Params,
    Summary,
    SystemMetrics,
    Table,
    Tags,
    Used,
)

KINDS: dict[str, type[Logged]] = {
    "metrics": Metrics,
    "system": SystemMetrics,
    "params": Params,
    "tags": Tags,
    "artifact": Artifact,
    "image": Image,
    "table": Table,
    "alert": Alert,
    "summary": Summary,
    "definition": Definition,
    "used": Used,
    "end": End,
}
NAMES = {kind: name for name, kind in KINDS.items()}
END = b'\n{"kind":"end"'
"""How the record begins that says how a run ended, after the end of another."""

_encode = json.JSONEncoder(separators=(",", ":")).encode


def line_of(kind: type[Logged], fields: Mapping[str, Any]) -> bytes:
    """A record as it stands in a journal, logged now.

    Raises:
        TypeError: It holds what JSON does not; values are converted before.
    """
    record = {"kind": NAMES[kind], "time": time.time(), **fields}
    quick = rows.line(record) if issubclass(kind, Metrics) else None
    return (quick or _encode(record).encode()) + b"\n"
