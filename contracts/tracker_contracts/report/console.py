"""Where the command writes: with colours on a terminal, and in full anywhere else."""

from __future__ import annotations

import io
import os
import sys
from typing import Literal

from rich.console import Console

Colors = Literal["auto"] | None
WIDE = 1000
"""More columns than any table needs."""


def console(stderr: bool = False) -> Console:
    """A console that folds nothing if what is printed goes to a file or a pipe."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # a counterexample may hold what the encoding does not
    colors: Colors = None if os.environ.get("NO_COLOR") else "auto"  # else Rich leaves bold and dim
    made = Console(stderr=stderr, highlight=False, markup=False, color_system=colors)
    if not made.file.isatty():  # FORCE_COLOR asks for colours alone
        made.width = WIDE
    return made
