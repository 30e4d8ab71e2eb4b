"""F1 to F4."""

from __future__ import annotations

import pytest

from tests.support import direct, reader
from zenml_trackers import get_run


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("error", "stored"),
    [
        (ValueError("boom"), ("ValueError", "boom")),
        (KeyError("k"), ("KeyError", "'k'")),
        (SystemExit(3), ("SystemExit", "3")),
        (KeyboardInterrupt(), ("KeyboardInterrupt", "")),
        (BaseException("base"), ("BaseException", "base")),
        (GeneratorExit(), ("GeneratorExit", "")),
        (ValueError("long " * 5000), ("ValueError", "long " * 5000)),
        (ValueError("\ud800 🦊\x00\n"), ("ValueError", "\\ud800 🦊\x00\n")),
        (Unprintable(), ("Unprintable", "<Unprintable without a printable message>")),
    ],
)
def test_a_step_that_raises_is_stored_as_failed_with_its_error(project, error, stored):
    direct.failing_step(direct.tracker(project=project), direct.info(), error)
    [run] = reader.local(project)
    assert (run.status, run.error) == ("failed", stored)
    assert run.alerts[0][2] == "error"
    assert run.metrics == []


def test_the_steps_own_error_comes_through(project):
    error = ValueError("mine")

    def body():
        raise error

    with pytest.raises(ValueError, match="mine") as caught:
        direct.run_step(direct.tracker(project=project), direct.info(), body)
    assert caught.value is error


def test_a_step_that_returns_is_finished_whatever_happened_around_it(project):
    tracker = direct.tracker(project=project)
    direct.failing_step(tracker, direct.info("before"), ValueError())
    try:
        raise RuntimeError("outer, being handled")
    except RuntimeError:
        direct.run_step(tracker, direct.info("inside a handler"), lambda: get_run().log({"m": 1}))
    direct.failing_step(tracker, direct.info("after"), ValueError())
    seen = {run.config["zenml.step"]: (run.status, run.error is None) for run in reader.local(project)}
    assert seen["inside a handler"] == ("finished", True)
    assert seen["before"][0] == seen["after"][0] == "failed"


def test_an_error_that_the_step_handled_itself_is_none_of_the_trackers_business(project):
    def body():
        try:
            raise ValueError("handled")
        except ValueError:
            get_run().log({"m": 1})

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    assert (reader.local(project)[0].status, reader.local(project)[0].error) == ("finished", None)
