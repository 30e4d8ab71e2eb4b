"""Where the command writes: with colours on a terminal, and in full anywhere else."""

from __future__ import annotations

import io
import sys

from rich.console import Console

WIDE = 1000
"""More columns than any table needs."""


def console(stderr: bool = False) -> Console:
    """A console that folds nothing if what is printed goes to a file or a pipe."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # a counterexample may hold what the encoding does not
    made = Console(stderr=stderr, highlight=False, markup=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, markup=False, width=WIDE)
