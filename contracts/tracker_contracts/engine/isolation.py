"""The environment of a process that tries a tracker: nothing of the user's is in its reach."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SLOWING = "PYTHONDONTWRITEBYTECODE"
"""Set, it has each of the many processes compile all of ZenML anew."""


def isolated(folder: Path) -> dict[str, str]:
    """This process's variables and modules, with a ZenML store and temporary files in a folder that is thrown away."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    ours = {
        "TMPDIR": str(temporary),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONUTF8": "1",
        "ZENML_CONFIG_PATH": str(folder / "zenml"),
        "ZENML_ANALYTICS_OPT_IN": "false",
        "ZENML_LOGGING_COLORS_DISABLED": "true",
        "ZENML_LOGGING_VERBOSITY": "WARN",
    }
    return {name: value for name, value in os.environ.items() if name != SLOWING} | ours
