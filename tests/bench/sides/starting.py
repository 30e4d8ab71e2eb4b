"""Processes that begin."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.sides import Body


@contextmanager
def python(folder: Path, does: str, override: bool = True) -> Iterator[Body]:
    """A line of Python in a process of its own, with ZenML's built-in flavor replaced by ours, or not."""
    variables = {**os.environ, "ZENML_TRACKERS_OVERRIDE": "on" if override else "off"}
    yield lambda: subprocess.run([sys.executable, "-c", does], check=True, env=variables, stdout=subprocess.DEVNULL)
