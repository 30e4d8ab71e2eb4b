"""How the command ends when what it did is no verdict: with a status that no verdict has."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import click

USAGE, INTERRUPTED = 2, 130


@contextmanager
def ending_well() -> Iterator[None]:
    """Turn a broken harness and an interruption into the command's status, once all that was started has stopped."""
    from tracker_contracts.harness import HarnessBroken

    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    except HarnessBroken as broken:
        click.echo(f"The harness is broken, so this says nothing of the tracker.\n{broken}", err=True)
        raise SystemExit(USAGE) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, frame: object) -> None:
    """Leave in good order, so that nothing that was started stays behind."""
    raise SystemExit(128 + number)
