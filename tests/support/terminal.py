"""What a command says, on a terminal of a given width, and to a pipe."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import subprocess
import sysconfig
import termios
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from zenml_trackers.cli import main

SCRIPTS = Path(sysconfig.get_path("scripts"))


class Said(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def piped(*arguments: str) -> Said:
    """What the command writes to a pipe."""
    return _said(io.StringIO(), arguments)


def on_terminal(width: int, *arguments: str, colors: bool = False) -> Said:
    """What the command writes to a terminal; without colours, of which each would take room in the text."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        patch.setenv("TERM", "xterm-256color")
        patch.setenv("NO_COLOR", "" if colors else "1")
        return _said(_Terminal(), arguments)


def _said(out: io.StringIO, arguments: tuple[str, ...]) -> Said:
    err = io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(list(arguments))
        except SystemExit as ending:
            return Said(int(ending.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("click always ends with SystemExit")


def in_real_terminal(width: int, *command: str, **variables: str) -> str:
    """All that a process writes to a terminal of its own."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    environment = {**kept, "TERM": "xterm-256color", **variables}
    program = [str(SCRIPTS / command[0]), *command[1:]]
    process = subprocess.Popen(program, stdin=its, stdout=its, stderr=its, env=environment)
    os.close(its)
    written = bytearray()
    try:
        while part := os.read(ours, 65536):
            written += part
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    process.wait(timeout=60)
    return written.decode()
