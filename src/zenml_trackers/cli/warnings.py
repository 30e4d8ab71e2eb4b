"""How the command shows what this package warns of, while ZenML's own log is kept quiet."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click

logger = logging.getLogger("zenml_trackers")


class _Shown(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        click.echo(record.getMessage(), err=True)


@contextmanager
def shown_warnings() -> Iterator[None]:
    """One line on the standard error for each warning in this block."""
    handler, level, propagate = _Shown(logging.WARNING), logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = False  # else ZenML's handlers show it too
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate
