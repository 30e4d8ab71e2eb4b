"""What a self-test is one of: so that a page that has it can be told from one of older code."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import tracker_contracts

APART = ("cli", "matrix", "harnesses", "template")
"""Parts that try no broken tracker."""
LENGTH = 16


def code() -> str:
    """A digest of the code that tries and is tried, and of ZenML's release."""
    root = Path(tracker_contracts.__file__).parent
    told = hashlib.sha256(version("zenml").encode())
    for file in sorted(root.rglob("*.py")):
        part = file.relative_to(root)
        if part.parts[0] not in APART:
            told.update(f"{part.as_posix()}\0".encode() + file.read_bytes())
    return told.hexdigest()[:LENGTH]
