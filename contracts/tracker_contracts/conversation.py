"""The worker's end of the line to the process that started it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TextIO

from tracker_contracts.messages import AnyMessage, Question


class Conversation:
    """Questions in, messages out."""

    def __init__(self, questions: TextIO, answers: TextIO) -> None:
        self._questions = questions
        self._answers = answers

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

    def questions(self) -> Iterator[Question]:
        """What is asked, until the other end hangs up."""
        for line in iter(self._questions.readline, ""):
            yield Question.model_validate_json(line)
