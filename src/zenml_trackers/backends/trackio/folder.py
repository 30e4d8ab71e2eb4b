"""Trackio's folder on this machine.

Uses `TRACKIO_DIR`, `MEDIA_DIR` and `ARTIFACTS_DIR`, which several of Trackio's modules have by these names (0.24 to
0.43).
"""

from __future__ import annotations

import sys
from pathlib import Path

FOLDERS = ("TRACKIO_DIR", "MEDIA_DIR", "ARTIFACTS_DIR")


def settle() -> None:
    """Make the folder absolute: a relative one would be another whenever the process goes to another folder."""
    # Of a copy: other threads import meanwhile, and so may what garbage collection calls.
    modules = [module for name, module in sys.modules.copy().items() if name.partition(".")[0] == "trackio"]
    for module in modules:
        for name in FOLDERS:
            if isinstance(folder := vars(module).get(name), Path):
                setattr(module, name, folder.absolute())
