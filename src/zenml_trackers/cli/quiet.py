"""What the libraries of trackers print is no part of what a command says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what is printed in the block, by whatever thread, from standard output."""
    with redirect_stdout(io.StringIO()):
        yield
