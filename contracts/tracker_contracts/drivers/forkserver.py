"""Processes that have ZenML imported when they start: they are forked from one that did so, and nothing else.

Importing ZenML takes seconds, and a check needs many processes. Each of them ends as any interpreter does.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress

STARTING = "PYTHON", "LD_"
"""What variables begin with that Python reads when it starts."""
EARLY = (*STARTING, "ZENML_")
"""What those begin with that may be read before ZenML is imported, or meanwhile."""
LATE = "PYTHONPATH", "ZENML_CONFIG_PATH"
"""Those of them that a fork can still be given."""
SERVER = "from tracker_contracts.drivers.forking import serve; serve({})"
"""What Python runs, with the number of its end of the line."""


class Process:
    """A process that was started, like one of `subprocess`."""

    def __init__(self, asking: int, answers: int, status: int) -> None:
        """Take the other ends of its files, and wait until it is there.

        Args:
            asking: That of its standard input.
            answers: That of its standard output.
            status: Where its id, and later its exit status, can be read.
        """
        self.stdin = os.fdopen(asking, "w", encoding="utf-8")
        self.stdout = os.fdopen(answers, encoding="utf-8")
        self._status = os.fdopen(status, encoding="ascii")
        self._waiting = threading.Lock()
        self.pid = int(self._status.readline() or 0)
        """Its id; 0 if it never began."""
        self.returncode: int | None = None
        """Its exit status, or the negative number of the signal that ended it; None while it is not known."""

    def poll(self) -> int | None:
        """Its exit status; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, once it has ended.

        Raises:
            TimeoutExpired: It runs for longer than so many seconds.
        """
        with self._waiting:
            if self.returncode is None:
                if not select.select([self._status], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired("a forked process", timeout or 0)
                self.returncode = int(self._status.readline() or -signal.SIGKILL)
                self._status.close()
            return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it, with all that it started in its session."""
        with suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)


class Forkserver:
    """The process that is forked. It ends when nobody has a line to it any more."""

    def __init__(self, line: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        """Take a line to one that is running, and its process, if it is a child of this one."""
        self._line = line
        self._process = process

    @classmethod
    def started(cls, environment: Mapping[str, str]) -> Forkserver:
        """Start one."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVER.format(theirs.fileno())],
                env={**environment, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        return cls(ours, process)

    def start(self, request: str, errors: int) -> Process:
        """Fork it.

        Raises:
            OSError: It has ended.
        """
        pipes = [os.pipe() for _ in range(4)]
        (asked, asking), (answers, answering), (status, telling), (requested, requesting) = pipes
        files = asked, answering, errors, telling, requested, self._line.fileno()
        try:
            socket.send_fds(self._line, [b"\n"], files)  # a single byte, so that several processes can ask at once
        except OSError:
            for end in (asking, answers, status, requesting):
                os.close(end)
            raise
        finally:
            for end in (asked, answering, telling, requested):
                os.close(end)
        with suppress(BrokenPipeError), os.fdopen(requesting, "w", encoding="utf-8") as question:
            question.write(request)
        process = Process(asking, answers, status)
        if not process.pid:
            raise ConnectionResetError("the process that others are forked from ended while it was asked")
        return process


inherited: Forkserver | None = None
"""The one that this process was forked from."""
_servers: dict[frozenset[tuple[str, str]], Forkserver] = {}
_starting = threading.Lock()


def start(module: str, *arguments: str, environment: Mapping[str, str], errors: int = 2) -> Process:
    """Run the `main` of a module in a process and session of its own.

    Args:
        module: Its name.
        arguments: What the module finds in `sys.argv`.
        environment: All variables. What is read when Python or ZenML is started counts from this process's own alone.
        errors: The file that is its standard error.

    Raises:
        OSError: It can't be started.
    """
    request = json.dumps(
        {"module": module, "arguments": arguments, "environment": dict(environment), "folder": os.getcwd()}
    )
    for _ in range(2):
        with suppress(OSError):
            return _server(environment).start(request, errors)
        _servers.clear()  # somebody ended it
    raise OSError("ZenML can't be imported, or the process that imported it is ended again and again.")


def _server(environment: Mapping[str, str]) -> Forkserver:
    if inherited is not None:
        return inherited
    early = frozenset((name, text) for name, text in os.environ.items() if name.startswith(EARLY) and name not in LATE)
    with _starting:
        if early not in _servers:
            _servers[early] = Forkserver.started(environment)
        return _servers[early]
