"""A slow tracker costs a trial fewer examples, which is told, and a slow failure is found at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.drivers import bounds, patience
from tracker_contracts.drivers.expect import BrokenPromise, expect, expect_that, note
from tracker_contracts.drivers.world import World
from tracker_contracts.engine.check import check
from tracker_contracts.engine.examiner import Examiner
from tracker_contracts.engine.progress import Told
from tracker_contracts.engine.runner import judge
from tracker_contracts.faults.trial import Trial
from tracker_contracts.profiles import LIGHT, QUICK
from tracker_contracts.report.verdict import Finding, Verdict

from tests.contract import harnesses


@pytest.fixture
def tried(tmp_path: Path) -> Callable[[Any], Finding]:
    def tried(body: Any) -> Finding:
        trial = Trial(CLAUSES["M4"], body, {"number": st.integers(0, 100)}, (Driver.DIRECT,))
        return judge(trial, World(harnesses.Plain(), Driver.DIRECT, tmp_path), QUICK)

    return tried


@pytest.mark.slow
def test_a_slow_tracker_is_tried_with_fewer_examples_and_that_is_told(
    tried: Callable[[Any], Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LEAST", 0.0)
    monkeypatch.setattr(bounds, "EACH", 0.0)
    calls = []

    def slow(world: World, number: int) -> None:
        calls.append(number)
        time.sleep(0.01)
        expect(number, number, "it is slow, not wrong")

    finding = tried(slow)
    assert finding.verdict is Verdict.KEPT
    assert len(calls) == 1
    assert finding.story == "the tracker is slow: the time was up after 1 of 4 examples"


def test_a_slow_failure_is_not_searched_for_a_smaller_one(
    tried: Callable[[Any], Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SHRINKING", 0.0)
    calls = []

    def fails(world: World, number: int) -> None:
        calls.append(number)
        note(f"the number is {number}")
        expect(number, -1, "it is never kept")

    finding = tried(fails)
    assert finding.verdict is Verdict.BROKEN
    assert len(calls) == 1
    assert finding.story.startswith("it is never kept")
    assert "Failing test case: fails(world=World('plain', 'direct'), number=" in finding.story
    assert f"the number is {calls[0]}" in finding.story


def test_a_failure_that_is_found_while_there_is_time_is_kept_when_time_is_up(
    tried: Callable[[Any], Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SHRINKING", 0.2)

    def fails_slowly(world: World, number: int) -> None:
        time.sleep(0.05)
        expect(number, -1, "it is never kept")

    finding = tried(fails_slowly)
    assert finding.verdict is Verdict.BROKEN
    assert finding.story.startswith("it is never kept")


def test_the_story_is_that_of_the_example_that_failed(
    tried: Callable[[Any], Finding], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SHRINKING", 0.2)

    def fails_above(world: World, number: int) -> None:
        note(f"the number is {number}")
        time.sleep(0.05)
        expect_that(number < 10, f"{number} is too much")

    finding = tried(fails_above)
    assert finding.verdict is Verdict.BROKEN
    number = finding.story.partition(" ")[0]
    assert f"the number is {number}" in finding.story.splitlines()


def test_nobody_waits_for_ever_for_a_step() -> None:
    began = time.monotonic()
    with pytest.raises(BrokenPromise, match="had not ended after 0 s"):
        patience.together([lambda: time.sleep(1)], 0.1)
    assert time.monotonic() - began < 1
    assert patience.left_behind()


def test_what_a_step_raises_comes_out_of_its_thread() -> None:
    with pytest.raises(KeyError):
        patience.together([dict[str, str]().popitem], 10)
    assert patience.together([lambda: 1, lambda: 2], 10) == [1, 2]


@pytest.mark.slow
def test_a_step_that_never_ends_spoils_its_process_and_the_rest_is_tried_in_another() -> None:
    spec = f"{harnesses.__name__}:{harnesses.HangsInThreads.__qualname__}"
    with Examiner(spec, LIGHT, drivers=(Driver.DIRECT,)) as running:
        report = check([running], [CLAUSES["L7"], CLAUSES["M4"]], Told())
    found = {(finding.clause, finding.verdict): finding for finding in report.findings}
    assert ("M4", Verdict.KEPT) in found
    assert "had not ended after 1 s" in found["L9", Verdict.BROKEN].story
