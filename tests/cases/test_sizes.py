"""Much of anything, and large values, come back as they were given; what can't costs itself alone."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Case
from tests.support.said import warnings_in
from zenml_trackers.model.records import Status

KILOBYTES = {f"key {number}": "x" * 100 for number in range(340)}
"""About 34 KB; W&B's record of the run is one that goes over the blocks of its file."""


def deep(levels: int) -> dict[str, object]:
    found: dict[str, object] = {"bottom": 1}
    for level in range(levels):
        found = {f"level {level}": found}
    return found


def test_large_metadata_is_read_back(case: Case, said):
    metadata = {f"{key} {part}": value for part in range(10) for key, value in KILOBYTES.items()}
    with case.connect().start_run("r", metadata=metadata) as run:
        run.log({"loss": 1.0})
        run.log_params({"a": 1})
    assert warnings_in(said) == []
    stored = case.stored()
    assert (stored.status, stored.params, len(stored.metrics)) == (Status.FINISHED, {"a": 1}, 1)
    assert stored.metadata == metadata


@pytest.mark.slow
def test_thousands_of_params_are_read_back(case: Case, said):
    _need_equal(case, said, {f"param {number}": number for number in range(3500)})


def test_long_and_deep_params_are_read_back(case: Case, said):
    _need_equal(case, said, {"long": "ä" * 60_000, "deep": deep(60), "list": [list(range(1000))] * 3})


def _need_equal(case: Case, said, params):
    with case.run() as run:
        run.log_params(params)
        run.log({"loss": 1.0})
    assert warnings_in(said) == []
    assert case.stored().status is Status.FINISHED
    assert case.stored().params == params


@pytest.mark.slow
def test_thousands_of_metrics_in_one_call_are_read_back(case: Case, said):
    metrics = {f"metric {number}": float(number) for number in range(1500)}
    with case.run() as run:
        run.log(metrics)
        run.log({"loss": 1.0})
    assert warnings_in(said) == []
    stored = case.stored()
    assert stored.status is Status.FINISHED
    assert {point.name: point.value for point in stored.metrics} == {**metrics, "loss": 1.0}


def test_a_step_that_no_tracker_holds_costs_its_own_row(case: Case, said):
    with case.run() as run:
        for number in range(100):
            run.log({"loss": float(number)}, step=number)
        for number, step in enumerate([2**63, -(2**63) - 1, 10**400]):
            run.log({f"odd {number}": 1.0}, step=step)
        run.log({"loss": 100.0}, step=100)
    warnings = warnings_in(said)
    assert [[f"'odd {number}'" in each for each in warnings].count(True) for number in range(3)] == [1, 1, 1]
    stored = case.stored()
    assert stored.status is Status.FINISHED
    assert [(point.step, point.value) for point in stored.metrics] == [(step, float(step)) for step in range(101)]


def test_a_step_of_64_bits_is_read_back(case: Case, said):
    steps = [2**31, 2**53 + 1, 2**63 - 1, -(2**63)]
    with case.run() as run:
        for step in steps:
            run.log({"loss": 1.0}, step=step)
    assert warnings_in(said) == []
    assert [point.step for point in case.stored().metrics] == steps


def test_a_number_that_no_tracker_holds_costs_itself_alone(case: Case, said):
    odd = {f"odd {number}": value for number, value in enumerate([2**64, -(2**63) - 1, 10**400])}
    with case.run() as run:
        run.log({"loss": 1.0, **odd})
        run.log_params({"a": 1, **odd})
        run.log({"loss": 2.0})
    warnings = warnings_in(said)
    assert all(any(repr(name) in warning for warning in warnings) for name in odd)
    stored = case.stored()
    assert [(point.name, point.value) for point in stored.metrics] == [("loss", 1.0), ("loss", 2.0)]
    assert stored.params == {"a": 1, **{name: str(value) for name, value in odd.items()}}  # a param may be text


def test_a_number_that_some_tracker_does_not_hold_is_stored_or_named(case: Case, said):
    large = [2**63 - 1, 2**63, 2**64 - 1, 2**53 + 1, -(2**63), float("1e400")]
    odd = {f"odd {number}": value for number, value in enumerate(large)}
    with case.run() as run:
        run.log({"loss": 1.0, **odd})
        run.log({"loss": 2.0})
    stored = case.stored()
    assert [point.value for point in stored.metrics if point.name == "loss"] == [1.0, 2.0]
    found = {point.name: point.value for point in stored.metrics if point.name != "loss"}
    assert found == {name: odd[name] for name in found}
    for name in odd.keys() - found.keys():
        assert [repr(name) in warning for warning in warnings_in(said)].count(True) == 1
