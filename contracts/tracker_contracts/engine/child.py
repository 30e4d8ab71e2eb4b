"""A process that is talked to line by line, and that may die or hang."""

from __future__ import annotations

import queue
import re
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tracker_contracts.drivers import forkserver
from tracker_contracts.engine.messages import MESSAGES, AnyMessage, Message

LAST_WORDS = 3000
"""Characters of its standard error that are told when it is lost."""
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CRASH = "Fatal Python error"
"""What faulthandler begins with; the frames that matter come first."""


class ChildLost(Exception):
    """The process died or hangs; the message says how, and what it wrote last."""


class Child:
    """A Python module in a process of its own, and in a process group of its own."""

    def __init__(self, module: str, *arguments: str, folder: Path, environment: Mapping[str, str]) -> None:
        self._said = folder / f"{module}.stderr"
        with self._said.open("wb") as noise:
            self._process = forkserver.start(module, *arguments, environment=environment, errors=noise.fileno())
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, message: Message) -> None:
        """Write a line; a process that is gone is found when its answer is awaited."""
        with suppress(OSError):
            self._process.stdin.write(message.model_dump_json() + "\n")
            self._process.stdin.flush()

    def answer(self, within: float) -> AnyMessage:
        """The next message.

        Raises:
            ChildLost: None came in so many seconds, or the process ended.
        """
        try:
            line = self._lines.get(timeout=within)
        except queue.Empty:
            self._stop_telling_where()
            raise ChildLost(f"The process hung for {within:.0f} s.{self._last_words()}") from None
        if not line:
            raise ChildLost(f"The process {self._end()}.{self._last_words()}")
        return MESSAGES.validate_json(line)

    def hang_up(self) -> None:
        """Ask nothing more, so that the process ends in its own time."""
        with suppress(OSError):
            self._process.stdin.close()

    def kill(self) -> None:
        """End it, with all that it started in its group."""
        self._process.kill()
        self._process.wait()
        self.hang_up()

    def _listen(self) -> None:
        with self._process.stdout:
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put("")

    def _stop_telling_where(self) -> None:
        """Have it write where its threads are, and die."""
        with suppress(OSError, subprocess.TimeoutExpired):
            self._process.send_signal(signal.SIGABRT)
            self._process.wait(5)

    def _end(self) -> str:
        try:
            status = self._process.wait(10)
        except subprocess.TimeoutExpired:
            return "closed its output"
        return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"

    def _last_words(self) -> str:
        text = COLOUR.sub("", self._said.read_text(encoding="utf-8", errors="replace")).strip()
        _, crash, where = text.rpartition(CRASH)
        last = f"{crash}{where[:LAST_WORDS]}" if crash else text[-LAST_WORDS:]
        return f" It wrote at last:\n{last}" if text else ""
