"""The processes that single steps are executed in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from zenml.entrypoints import entrypoint

from tracker_contracts.drivers import forkserver

LONGEST = 300.0
"""After how many seconds a step's process is taken for hung."""

SHOWN = 2000
"""How many of the last characters that it printed are shown of a process that failed."""


@dataclass
class Child:
    """What came of a step's process."""

    variables: dict[str, str]
    """What it is given over this process's own environment."""
    printed: str = ""
    told: ChildProcessError | None = None
    """How it ended, if it did not end well."""


_child: ContextVar[Child] = ContextVar("tracker_contracts_child")


@contextmanager
def expected(variables: dict[str, str]) -> Iterator[Child]:
    """Be told of the process that is started meanwhile.

    Args:
        variables: What it is given over this process's own environment.
    """
    child = Child(variables)
    token = _child.set(child)
    try:
        yield child
    finally:
        _child.reset(token)


def execute(arguments: list[str], variables: dict[str, str]) -> None:
    """Run ZenML's entrypoint in a process of its own, and wait until it ended.

    Args:
        arguments: What it is given.
        variables: What the process is given over what the driver gives it.

    Raises:
        ChildProcessError: It did not end well.
    """
    child = _child.get()
    environment = {**os.environ, **_importable(), **child.variables, **variables}
    code, printed = _run(arguments, environment)
    child.printed += printed
    if code != 0:
        child.told = ChildProcessError(_end(code, printed))
        raise child.told


def _run(arguments: list[str], environment: dict[str, str]) -> tuple[int, str]:
    # A pipe would be held open by what a tracker leaves running when its step is killed.
    with tempfile.TemporaryFile() as output:
        process = forkserver.start(__name__, *arguments, environment=environment, errors=output.fileno())
        with process.stdin, process.stdout:
            try:
                code = process.wait(LONGEST)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        output.seek(0)
        return code, output.read().decode(errors="backslashreplace")


def main() -> None:
    """In the step's process, which ends with the one that asked for it: all that is printed goes where errors go."""
    asking, nothing = os.dup(0), os.open(os.devnull, os.O_RDONLY)
    threading.Thread(target=_end_with, args=(asking,), daemon=True).start()
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    entrypoint.main()


def _end_with(asking: int) -> None:
    os.read(asking, 1)
    os.killpg(0, signal.SIGKILL)


def _importable() -> dict[str, str]:
    """All that this process can import, such as a harness beside the tests."""
    return {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}


def _end(code: int, printed: str) -> str:
    if code < 0:
        return f"the step's process was ended by {signal.Signals(-code).name}"
    return f"the step's process ended with exit status {code}; it printed last:\n{printed[-SHOWN:]}"
