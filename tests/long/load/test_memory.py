"""What a tracker has not taken takes room on the disk, and no memory."""

from __future__ import annotations

import gc
import threading

import pytest

from tests.support.hostile import doing, tracker
from zenml_trackers.delivery import place

MOST_MEMORY = 20 * 2**20
"""Bytes."""


@pytest.mark.slow
def test_memory_stays_flat_whatever_a_tracker_has_not_taken(tmp_path, monkeypatch):
    monkeypatch.setenv(place.VARIABLE, str(tmp_path / "journals"))
    free = threading.Event()
    with tracker(doing("write", lambda *given: free.wait(300)), deadline=0.3).start_run("r") as run:
        for number in range(5_000):
            run.log({"m": number, "n": 0.5})
        before = _memory()
        for number in range(300_000):
            run.log({"m": number, "n": 0.5})
        grown = _memory() - before
    free.set()
    assert grown < MOST_MEMORY


def _memory():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
