"""What W&B can't hold as it is, and what it becomes: cut, or with `_`, and then with a hash of the whole name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zenml_trackers.model.naming import Names

RECEIPTS = "zenml.names"
"""Where the document keeps, by kind, which name each changed one stands for."""
PART = "zenml.part"
"""Where the document counts how often the run was continued: clocks are set back, and each time has a file."""
STEP = "zenml/step"
"""The column that holds the step of what was logged."""
ANYTHING = r"(?!)"
RULES: Mapping[str, tuple[str, int]] = {
    "tags": (ANYTHING, 64),
    "runs": (ANYTHING, 128),
    "metrics": (rf"^$|^_(step|runtime|timestamp|wandb)$|^{STEP}$", 1000),
    "media": (r"^$|^/|[\x00-\x1f]|\.\.", 50),  # each becomes the name of a file
}
"""By kind: what W&B refuses or has its own use for, and the most characters."""
ARTIFACT = Names(r"[^A-Za-z0-9_.-]", 128)
TYPE = Names(r"[/:]|^(?=wandb-)|^(?=(?:job|run_table|code)$)", 128)
"""What is refused begins with `wandb-`, or is a type of W&B's own."""
ALIAS = Names(r"[/:]|^(?=v\d+$)", 128)
"""W&B's own count versions: `v0`, `v1`."""


def stored_project(name: str) -> str:
    """The name under which W&B has a project; of such a name, that name itself."""
    return Names(r"[/\\#?%:]", 128).stored(name)


class RunNames:
    """The names in one run, with their receipts in its document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        kept = document.get(RECEIPTS, {})
        self._kinds = {kind: Names(*rule, kept.get(kind)) for kind, rule in RULES.items()}

    @property
    def changed(self) -> int:
        """How many names had to be changed so far."""
        return sum(len(names.receipt) for names in self._kinds.values())

    def stored(self, kind: str, name: str) -> str:
        """The name under which to store `name`."""
        found = self._kinds[kind].stored(name)
        if found != name:
            receipts = {each: names.receipt for each, names in self._kinds.items() if names.receipt}
            self._document[RECEIPTS] = {each: dict(receipt) for each, receipt in receipts.items()}
        return found

    def original(self, kind: str, stored: str) -> str:
        """The name that was stored as `stored`."""
        return self._kinds[kind].original(stored)
