"""Measures one side, in a process of its own: `tests.bench.measure SIDE GIVEN TIMES FOLDER`, GIVEN as JSON."""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from pathlib import Path
from statistics import median

from tests.bench.sides import Body, side


def main() -> None:
    """Do it once, then as often as is asked, and write the measures."""
    does, given, times, folder = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries say is no answer
    with side(does)(Path(folder), **json.loads(given)) as body:
        body()
        grown = _memory()
        samples = [_measured(body) for _ in range(int(times))]
        grown = _memory() - grown
    seconds, cpu = zip(*samples, strict=True)
    json.dump({"seconds": median(seconds), "cpu": median(cpu), "memory": grown}, answers)
    answers.close()
    os._exit(0)  # what a library leaves running is not waited for


def _measured(body: Body) -> tuple[float, float]:
    gc.collect()
    cpu, began = _cpu(), time.perf_counter()
    body()
    return time.perf_counter() - began, _cpu() - cpu


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _memory() -> int:
    """KiB at the highest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
