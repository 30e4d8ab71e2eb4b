"""How the command ends when what it did is no verdict: with a status that no verdict has."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import click

USAGE, INTERRUPTED = 2, 130


class Interrupted(BaseException):
    """The command was asked to end, by Ctrl-C or by SIGTERM."""

    def __init__(self, number: int) -> None:
        self.status = 128 + number
        super().__init__(signal.Signals(number).name)


@contextmanager
def ending_well() -> Iterator[None]:
    """Turn a broken harness and an interruption into the command's status, once all that was started has stopped."""
    from tracker_contracts.harness import HarnessBroken

    before = {number: signal.signal(number, _interrupted) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except HarnessBroken as broken:
        click.echo(f"The harness is broken, so this says nothing of the tracker.\n{broken}", err=True)
        raise SystemExit(USAGE) from None
    except Interrupted as interrupted:
        raise SystemExit(interrupted.status) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupted(number: int, frame: object) -> None:
    """Leave in good order, so that nothing that was started stays behind; who asks again must wait for that."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)
