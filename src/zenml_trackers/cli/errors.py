"""How the command tells of errors that have a name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from zenml_trackers.errors import TrackerError


@contextmanager
def named_errors() -> Iterator[None]:
    """One line and status 1, in the place of a traceback, for an error of this package's."""
    try:
        yield
    except TrackerError as error:
        raise click.ClickException(str(error)) from error
