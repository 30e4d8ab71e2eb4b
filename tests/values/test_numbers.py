"""Metrics and their steps."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.hostile import Collecting, tracker
from tests.support.said import warnings_in
from zenml_trackers.model.values.numbers import metrics


def test_nested_maps_are_joined():
    assert metrics({"train": {"loss": 1, "acc": {"top1": 0.5}}, 0: 2}) == (
        {"train/loss": 1, "train/acc/top1": 0.5, "0": 2},
        [],
    )


def test_a_name_that_is_given_twice_is_told():
    good, [error] = metrics({"train/loss": 1, "train": {"loss": 2, "acc": 3}})
    assert good == {"train/loss": 1, "train/acc": 3}
    assert str(error) == "'train/loss' is given twice, and the first of both is taken."


def test_a_map_that_holds_itself_ends():
    loop: dict = {"ok": 1}
    loop["loop"] = loop
    good, bad = metrics(loop)
    assert good["loop/ok"] == 1
    assert "holds itself" in str(bad[0])


@pytest.mark.parametrize(
    "odd",
    [
        np.ma.masked,
        np.ma.array([1.0], mask=[True]),
        "1",
        b"1",
        np.str_("1"),
        np.datetime64("2024-05-01", "ns"),
        np.timedelta64(1, "ns"),
        1j,
        np.complex64(1),
        np.array([1, 2]),
        [1],
        None,
        2**64,
        object(),
    ],
    ids=lambda odd: f"{type(odd).__name__}",
)
def test_what_is_no_number_is_named(odd):
    good, [error] = metrics({"odd": odd, "ok": 1})
    assert good == {"ok": 1}
    assert str(error).startswith("'odd' is ")


@pytest.mark.parametrize(("step", "stored"), [(9.0, 9), (np.float64(10), 10), (np.array(12.0), 12), (np.int8(3), 3)])
def test_a_step_without_a_fraction_is_an_integer(step, stored):
    sink = Collecting()
    with tracker(sink).start_run() as run:
        run.log({"m": 1}, step=step)
    assert [record.step for record in sink.taken] == [stored]


@pytest.mark.parametrize("step", [0.5, "11", float("nan"), float("inf"), [1], 1j])
def test_any_other_step_is_named(said, step):
    sink = Collecting()
    with tracker(sink).start_run() as run:
        run.log({"m": 1}, step=step)
    assert sink.taken == []
    [warning] = warnings_in(said)
    assert f"'m' at step {step!r}: metric steps are integers" in warning
