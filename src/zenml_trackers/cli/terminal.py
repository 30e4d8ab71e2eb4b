"""Where the commands write: with colours on a terminal, and in full anywhere else."""

from __future__ import annotations

import io
import os
import sys

from rich.console import Console

WIDE = 1_000_000
"""More columns than anything needs."""


def console(stderr: bool = False) -> Console:
    """A console that folds and cuts nothing if what is printed goes to a file or a pipe."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")  # a name may hold what the encoding does not
    made = Console(
        stderr=stderr,
        highlight=False,
        markup=False,
        emoji=False,
        color_system=None if os.environ.get("NO_COLOR") else "auto",  # else Rich leaves bold and dim
    )
    if not on_terminal(made):
        made.width = WIDE
    return made


def on_terminal(console: Console) -> bool:
    """Whether somebody looks at it, and its width counts; FORCE_COLOR asks for colours alone."""
    return console.file.isatty()
