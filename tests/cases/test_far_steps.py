"""Metric steps that a store can't hold."""

from __future__ import annotations

import pytest

from tests.support.said import warnings_in
from tests.support.trackers import connected, every_tracker, only_run


@every_tracker
@pytest.mark.parametrize("step", [2**63, -(2**63) - 1])
def test_a_step_that_a_store_cannot_hold_costs_itself_alone(backend, step, tmp_path, project, monkeypatch, said):
    at = connected(backend, tmp_path, project, monkeypatch)
    with at.start_run("r") as run:
        for number in range(100):
            run.log({"far" if number == 50 else "m": number}, step=step if number == 50 else number)
    stored = only_run(at)
    kept = [(point.step, point.value) for point in stored.metrics if point.name == "m"]
    assert kept == [(number, number) for number in range(100) if number != 50]
    far = [(point.step, point.value) for point in stored.metrics if point.name == "far"]
    told = [text for text in warnings_in(said) if "'far'" in text or "far at" in text]
    assert far == [(step, 50)] if not told else far == []
    assert len(told) + len(far) == 1
