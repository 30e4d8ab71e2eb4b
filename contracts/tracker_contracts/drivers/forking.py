"""The process that has ZenML imported, and is forked whenever `forkserver` is asked for a process."""

from __future__ import annotations

import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from tracker_contracts.drivers import forkserver, stores

PRELOADED = "tracker_contracts.engine.worker", "zenml.zen_stores.sql_zen_store"
"""What most forks need. A harness and its libraries are imported by the forks alone."""
FILES = 6
"""How many come with a request: three standard ones, one for the status, one with the request, and a line to here."""


def serve(line: int) -> None:
    """Fork for each request, until nobody has the other end of the line; in a fork, do what it was made for."""
    own = os.environ["ZENML_CONFIG_PATH"] = tempfile.mkdtemp(prefix="tracker-contracts-")
    stores.template = Path(own) / "store"
    with suppress(ImportError):  # ZenML may be installed without its local store
        for module in PRELOADED:
            import_module(module)
        import_module("sqlalchemy.orm").configure_mappers()
    gc.freeze()  # else each fork would copy what is never changed
    files = Server(socket.socket(fileno=line)).run()
    if files:
        _do(*files)
    else:
        shutil.rmtree(own, ignore_errors=True)


class Server:
    """Forks, and tells how the forks end."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._statuses: dict[int, int] = {}
        self._ended, self._ending = os.pipe()
        for end in (self._ended, self._ending):
            os.set_blocking(end, False)

    def run(self) -> list[int] | None:
        """The files of a request, in a process that was forked for it; None where nobody asks any more."""
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._ending)
        while True:
            ready, _, _ = select.select([self._line, self._ended], [], [])
            if self._ended in ready:
                self._tell_ends()
            if self._line in ready:
                asked, files, _, _ = socket.recv_fds(self._line, 1, FILES)
                if not asked:
                    return None
                if self._is_fork(files):
                    return files

    def _is_fork(self, files: list[int]) -> bool:
        child = os.fork()
        if child == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._line.close()
            for file in (self._ended, self._ending, *self._statuses.values()):
                os.close(file)
            os.setsid()
            os.write(files[-3], b"%d\n" % os.getpid())  # not before it can be ended with its session
            return True
        *others, status, request, line = files
        self._statuses[child] = status
        for file in (*others, request, line):
            os.close(file)
        return False

    def _tell_ends(self) -> None:
        os.read(self._ended, 65536)
        while self._statuses:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            told = self._statuses.pop(child)
            with suppress(BrokenPipeError):
                os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
            os.close(told)


def _do(*files: int) -> None:
    """Be a process of its own, as far as a fork can be, and run a module's `main`."""
    *streams, status, request, line = files
    for number, file in enumerate(streams):
        os.dup2(file, number)
        os.close(file)
    os.close(status)
    with os.fdopen(request, encoding="utf-8") as told:
        asked = json.load(told)
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["folder"])
    tempfile.tempdir = None
    sys.path[:] = dict.fromkeys([*os.environ.get("PYTHONPATH", "").split(os.pathsep), *sys.path])
    sys.argv[:] = [asked["module"], *asked["arguments"]]
    forkserver.inherited = forkserver.Forkserver(socket.socket(fileno=line))
    module: Any = import_module(asked["module"])
    main: Any = sys.modules["__main__"]
    main.__file__, main.__spec__ = module.__file__, module.__spec__  # ZenML and multiprocessing look there
    module.main()
