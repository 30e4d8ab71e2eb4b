"""Reads places in processes of their own, as somebody would who has nothing to do with the tracker's process.

They are forked from one that has not imported ZenML, which most harnesses can do without: to fork it costs a fourth.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO

from tracker_contracts.harness import Place, TrackerHarness, load
from tracker_contracts.observed import RUNS, ObservedRun
from tracker_contracts.registry import spec_of

MODULE = "tracker_contracts.engine.reader"
SHOWN = 2000
"""How many of the last characters of a failing reader's traceback are told."""


class ReaderFailed(Exception):
    """The harness's `read` raised, in a process of its own; the message is its traceback."""


class Reader:
    """Starts one process, which starts another for each place that is read: nothing is left from place to place."""

    def __init__(self) -> None:
        """Nothing is started yet."""
        self._process: subprocess.Popen[str] | None = None
        self._owner = os.getpid()

    def read(self, harness: TrackerHarness, place: Place) -> list[ObservedRun]:
        """What is stored in a place, at this moment.

        Raises:
            ReaderFailed: The harness can't read it.
        """
        questions, answers = self._streams()
        questions.write(json.dumps([spec_of(type(harness)), str(place.folder), place.name]) + "\n")
        questions.flush()
        answer = json.loads(answers.readline() or '{"failed": "the reader\'s process ended"}')
        if "failed" in answer:
            raise ReaderFailed(answer["failed"])
        return RUNS.validate_python(answer["runs"])

    def start(self) -> None:
        """Start the process now, so that forks of this one read by it too, one at a time."""
        self._streams()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _streams(self) -> tuple[IO[str], IO[str]]:
        # a fork can't tell whether it goes on, since it is no child of the fork's
        if self._process is None or (self._owner == os.getpid() and self._process.poll() is not None):
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
                encoding="utf-8",
            )
        questions, answers = self._process.stdin, self._process.stdout
        assert questions is not None
        assert answers is not None
        return questions, answers


def main() -> None:
    """Answer each line, a harness and a place as JSON, with the place's runs as JSON in a line."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is no answer
    for line in sys.stdin:
        spec, folder, name = json.loads(line)
        harness = _harness(spec)
        reading, writing = os.pipe()
        if os.fork() == 0:
            _answer(harness, Place(Path(folder), name), os.fdopen(writing, "w", encoding="utf-8"))
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as told:
            answer, _, imported = told.read().partition("\n")
        answers.write((answer or '{"failed": "the process of this reading ended"}') + "\n")
        answers.flush()
        os.wait()
        _import(json.loads(imported or "[]"))


@cache
def _harness(spec: str) -> TrackerHarness:
    made = load(spec)()
    gc.freeze()  # else each fork would copy what is never changed
    return made


def _import(modules: list[str]) -> None:
    """What one reading imported, the next ones have: some libraries take longer to be imported than to read."""
    for name in modules:
        with suppress(Exception):
            import_module(name)
    if modules:
        gc.freeze()


def _answer(harness: TrackerHarness, place: Place, answer: IO[str]) -> None:
    """In the forked process, which ends here: a line for what it read, and one for what it imported."""
    before = set(sys.modules)
    try:
        runs = RUNS.dump_json(harness.read(place)).decode()
        answer.write(f'{{"runs": {runs}}}\n')
    except BaseException:
        answer.write(json.dumps({"failed": traceback.format_exc()[-SHOWN:]}) + "\n")
    answer.write(json.dumps([name for name in sys.modules if name not in before]))
    answer.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
