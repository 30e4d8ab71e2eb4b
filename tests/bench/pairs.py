"""Measures both sides of a case by turns, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from tracker_contracts.drivers import forkserver
from tracker_contracts.engine.isolation import isolated

from tests.bench.case import Case, Pair, Result, Sample, Side


def measured(case: Case, pairs: int) -> Result:
    """The case, with so many pairs; every second one begins with the rival.

    Raises:
        RuntimeError: A side failed.
    """
    found = []
    for number in range(pairs):
        sides = (case.ours, case.rival) if number % 2 == 0 else (case.rival, case.ours)
        samples = [_sample(side, case.times) for side in sides]
        found.append(Pair(*(samples if number % 2 == 0 else reversed(samples))))
    return Result(case, found)


def _sample(side: Side, times: int) -> Sample:
    folder = Path(tempfile.mkdtemp(prefix="zenml-trackers-bench-"))
    try:
        process = forkserver.start(
            "tests.bench.measure",
            side.does,
            json.dumps(dict(side.given)),
            str(times),
            str(folder),
            environment={**os.environ, **isolated(folder)},
        )
        answer = process.stdout.read()
        process.wait()
        if not answer:
            raise RuntimeError(f"{side.does} with {dict(side.given)} failed; see above")
        return Sample(**json.loads(answer))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
