"""The worker's end of the line to the process that started it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue
from typing import TextIO

from tracker_contracts.engine.messages import QUESTIONS, AnyMessage, AnyQuestion

GRACE = 5.0
"""Seconds for an answer that was on its way when the other end hung up."""


class Conversation:
    """Questions in, messages out; it ends this process if nobody is left to hear the answer."""

    def __init__(self, questions: TextIO, answers: TextIO) -> None:
        self._answers = answers
        self._asked: SimpleQueue[str] = SimpleQueue()
        self._answering = False
        threading.Thread(target=self._listen, args=(questions,), daemon=True).start()

    @classmethod
    def begin(cls) -> Conversation:
        """Take the standard streams for oneself: what libraries and their processes print goes to standard error."""
        questions, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        return cls(questions, answers)

    def tell(self, message: AnyMessage) -> None:
        """Say something, at once."""
        self._answers.write(message.model_dump_json() + "\n")
        self._answers.flush()

    def questions(self) -> Iterator[AnyQuestion]:
        """What is asked, until the other end hangs up."""
        while line := self._asked.get():
            self._answering = True
            yield QUESTIONS.validate_json(line)
            self._answering = False

    def _listen(self, questions: TextIO) -> None:
        for line in questions:
            self._asked.put(line)
        self._asked.put("")
        time.sleep(GRACE)
        if self._answering:  # a trial may hang, and whoever would have ended it was killed
            os.killpg(0, signal.SIGKILL)
