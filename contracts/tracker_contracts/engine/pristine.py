"""A process in which nothing was executed yet: what a program shows there, it does not owe to those before it."""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Callable
from typing import Any

LONGEST = 30.0
"""Seconds that a program may take there; after that nobody knows what it shows."""

Answer = Callable[[Any], Any]


class Pristine:
    """Forked where it is made; forks itself for each question, and so stays as it is."""

    def __init__(self, answer: Answer) -> None:
        """Fork.

        Args:
            answer: Called with a question in a process of its own; both are JSON.
        """
        theirs, self._questions = os.pipe()
        self._answers, ours = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(self._questions)
            os.close(self._answers)
            _serve(answer, theirs, ours)
        os.setpgid(self._process, self._process)
        os.close(theirs)
        os.close(ours)

    def ask(self, question: Any) -> Any:
        """What a process answers that did nothing before; None if it ends or hangs without an answer."""
        if not self._process:
            return None
        try:
            os.write(self._questions, json.dumps(question).encode() + b"\n")
        except OSError:
            return None
        ready, _, _ = select.select([self._answers], [], [], LONGEST)
        if not ready:
            self.close()
            return None
        return json.loads(_line(self._answers) or b"null")

    def close(self) -> None:
        """End it, and whatever it still does."""
        if self._process:
            os.close(self._questions)
            os.close(self._answers)
            os.killpg(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
            self._process = 0


def _serve(answer: Answer, questions: int, answers: int) -> None:
    """In the forked process, which ends here."""
    os.setpgid(0, 0)
    while question := _line(questions):
        child = os.fork()
        if child == 0:
            _answer(answer, question, answers)
        _, status = os.waitpid(child, 0)
        if status != 0:
            os.write(answers, b"null\n")
    os._exit(0)


def _answer(answer: Answer, question: bytes, answers: int) -> None:
    status = 1
    try:
        os.write(answers, json.dumps(answer(json.loads(question))).encode() + b"\n")
        status = 0
    finally:
        os._exit(status)


def _line(file: int) -> bytes:
    """Up to the end of a line; empty at the end of all."""
    read = b""
    while not read.endswith(b"\n"):
        some = os.read(file, 65536)
        if not some:
            return b""
        read += some
    return read
