"""Records that are changed on their way to the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracker_contracts.reference import jot


def _changed(change: Callable[[Any], Any], value: Any) -> Any:
    """The value, with `change` made to each leaf."""
    if isinstance(value, dict):
        return {key: _changed(change, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_changed(change, item) for item in value]
    return change(value)


class ChangedRecords(jot.Run):
    """Records of one kind are changed on their way to the file."""

    kind: str

    def change(self, value: Any) -> Any:
        """What becomes of one value."""
        return value

    def write(self, kind: str, **fields: Any) -> None:
        if kind == self.kind and "values" in fields:
            fields["values"] = _changed(self.change, fields["values"])
        super().write(kind, **fields)
