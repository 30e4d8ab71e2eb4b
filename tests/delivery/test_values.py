"""What can't be stored costs only itself, and is named by the call that gave it."""

from __future__ import annotations

import dataclasses
import threading

import numpy
import pytest

from tests.support.hostile import Collecting, tracker
from tests.support.said import warnings_in
from zenml_trackers import as_param, connect


@dataclasses.dataclass
class Holder:
    lock: object


class Unreadable:
    def tolist(self):
        raise MemoryError("too large")


@pytest.mark.parametrize("bad", [Holder(threading.Lock()), Unreadable(), iter(())])
def test_a_value_of_any_class_costs_only_itself(caplog, bad):
    sink = Collecting()
    with tracker(sink).start_run() as run:
        run.log_params({"bad": bad, "ok": 1})
        run.log({"bad": bad, "ok": 1})
    assert sink.values[0].keys() == {"bad", "ok"}
    assert sink.values[1] == {"ok": 1}
    assert len([warned for warned in caplog.messages if "'bad'" in warned]) == 2


def test_a_type_of_ones_own_is_registered():
    sink = Collecting()
    as_param.register(Unreadable, lambda value: {"own": (1, 2)})
    try:
        with tracker(sink).start_run() as run:
            run.log_params({"net": Unreadable()})
    finally:
        as_param.register(Unreadable, as_param.dispatch(object))
    assert sink.values == [{"net": {"own": [1, 2]}}]


@pytest.mark.parametrize("payload", [None, 0.5, [1]])
def test_what_is_no_map_is_named(caplog, payload):
    with tracker(Collecting()).start_run() as run:
        run.log(payload)
        run.log_params(payload)
    assert f"{type(payload).__name__} is no map" in caplog.text


def test_what_is_no_path_is_named(project, caplog):
    with connect(f"memory://{project}").start_run() as run:
        run.log_artifact(7)
    assert "takes a path" in caplog.text


@pytest.mark.parametrize(
    ("columns", "rows", "named"),
    [
        (["a", "b"], [[1]], "row 0 has 1 cells where there are 2 columns: a, b"),
        (["a"], "x", "row 0 is of type str; rows are lists"),
        (["a"], [7], "row 0 is of type int; rows are lists"),
        ("ab", [["x"]], "columns is one string, 'ab'"),
    ],
)
def test_a_table_without_shape_is_refused_by_its_row(project, caplog, columns, rows, named):
    with connect(f"memory://{project}").start_run() as run:
        run.log_table("t", columns, rows)
    assert f"table 't': {named}" in caplog.text


@pytest.mark.parametrize("step", [0.5, "1", None.__class__])
def test_a_step_that_is_no_integer_is_named(said, step):
    sink = Collecting()
    with tracker(sink).start_run() as run:
        run.log({"a": 1}, step=step)
        run.log({"b": 1}, step=numpy.int32(7))
    assert [(record.values, record.step) for record in sink.taken] == [({"b": 1}, 7)]
    [warning] = warnings_in(said)
    assert f"'a' at step {step!r}: metric steps are integers, and this is none." in warning


@pytest.mark.parametrize("step", [2**63, -(2**63) - 1])
def test_a_step_that_no_store_can_hold_costs_itself_alone(said, step):
    sink = Collecting()
    with tracker(sink).start_run() as run:
        run.log({"a": 1}, step=step)
        run.log({"b": 1})
    assert [(record.values, record.step) for record in sink.taken] == [({"b": 1}, 0)]
    [warning] = warnings_in(said)
    assert f"'a' at step {step}" in warning


def test_steps_are_counted_in_the_order_of_the_calls():
    sink = Collecting()
    with tracker(sink).start_run() as run:
        for step in (None, None, 7, 3, None):
            run.log({"m": 1}, step=step)
    assert [record.step for record in sink.taken] == [0, 1, 7, 3, 8]
