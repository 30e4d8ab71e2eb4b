"""Single values of a whole run, on every tracker."""

from __future__ import annotations

import math
from datetime import date
from multiprocessing import get_context

import numpy as np
import pytest

from tests.support import trackers, workers
from tests.support.said import warnings_in
from zenml_trackers import connect
from zenml_trackers.errors import UnstorableValue

VALUES = {
    "best_accuracy": 0.93,
    "true": True,
    "int": 2**63,
    "one": 1,
    "float": 1.0,
    "text": "grün",
    "looks like a number": "NaN",
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "": "nameless",
    "_step": 3,
    "a/b.c *": "odd",
    "long": "x" * 7000,
}


def typed(summary):
    """As something that tells `1` from `1.0` and `True`, and that NaN equals."""
    return {name: repr(value) for name, value in summary.items()}


@trackers.every_tracker
def test_each_value_is_read_back_and_is_no_metric_and_no_param(backend, tmp_path, project, monkeypatch, said):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    with tracker.start_run() as run:
        run.summary.update({"int": "earlier", "nan": 1, "best_accuracy": math.nan})
        run.log({"best_accuracy": 0.1})
        run.summary.update(VALUES)
        run.log({"best_accuracy": 0.2})
        run.log_params({"text": "a param"})
    stored = trackers.only_run(tracker)
    assert typed(stored.summary) == typed(VALUES)
    assert [(point.name, point.value) for point in stored.metrics] == [("best_accuracy", 0.1), ("best_accuracy", 0.2)]
    assert (stored.params, stored.metadata) == ({"text": "a param"}, {})
    assert warnings_in(said) == []


@trackers.every_tracker
def test_what_metrics_come_to_is_there_when_the_run_is_over(backend, tmp_path, project, monkeypatch, said):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    with tracker.start_run() as run:
        run.log({"val/loss": 5, "other": 1})  # before it is defined
        run.define_metric("val/loss", summary="min, max")
        run.define_metric("val/loss", summary="last")
        run.define_metric("val/loss", summary="mean")
        run.define_metric("never", summary="min")
        run.define_metric("odd*", summary="max")
        for value in (2, math.nan, 3, 4.0):
            run.log({"val/loss": value, "odd": math.inf, "odd one": math.nan})
        run.summary["val/loss.min"] = 7
    stored = trackers.only_run(tracker)
    assert typed(stored.summary) == typed(
        {
            "val/loss.min": 2,
            "val/loss.max": 5,
            "val/loss.last": 4.0,
            "val/loss.mean": 3.5,
            "odd.max": math.inf,
            "odd one.max": math.nan,
        }
    )
    assert len(stored.metrics) == 14
    assert warnings_in(said) == []


@trackers.every_tracker
def test_a_resumed_run_keeps_its_summary(backend, tmp_path, project, monkeypatch):
    tracker = trackers.connected(backend, tmp_path, project, monkeypatch)
    for loss in (0.1, 0.3):
        with tracker.start_run("again", resume="allow") as run:
            run.define_metric("loss", summary="min")
            run.define_metric("loss", summary="mean")
            run.log({"loss": loss})
            if loss == 0.1:
                run.summary.update({"kept": math.inf, "changed": math.nan})
                continue
            assert run.flush(60)
            assert typed(run.summary) == typed(
                {"kept": math.inf, "changed": math.nan, "loss.min": 0.1, "loss.mean": 0.1}
            )
            run.summary["changed"] = "yes"
    [stored] = tracker.read()
    assert stored.summary == {"kept": math.inf, "changed": "yes", "loss.min": 0.1, "loss.mean": 0.2}


class TestReadingBack:
    def test_of_what_was_set(self, project):
        with connect(f"memory://{project}").start_run() as run:
            assert dict(run.summary) == {}
            run.summary["a"] = np.float32(0.5)
            run.summary.update([("b", 1)], c="text")
            run.summary["a"] = np.array([0.25])
            assert (run.summary["a"], "b" in run.summary, "z" in run.summary) == (0.25, True, False)
            assert run.summary.get("z", 9) == 9
            assert list(run.summary) == ["a", "b", "c"]
            assert dict(run.summary) == {"a": 0.25, "b": 1, "c": "text"}
            assert repr(run.summary) == "{'a': 0.25, 'b': 1, 'c': 'text'}"
            with pytest.raises(KeyError):
                run.summary["z"]

    def test_of_maps_and_of_what_has_a_text(self, project):
        tracker = connect(f"memory://{project}")
        with tracker.start_run() as run:
            run.summary.update({"train": {"loss": 1, "on": date(2026, 1, 2)}, "path": tmp_path_like()})
        assert trackers.only_run(tracker).summary == {"train/loss": 1, "train/on": "2026-01-02", "path": "a/b"}


def tmp_path_like():
    from pathlib import PurePosixPath

    return PurePosixPath("a/b")


class TestWhatIsNoValue:
    def test_is_named_and_costs_no_other(self, project, said):
        tracker = connect(f"memory://{project}")
        with tracker.start_run() as run:
            run.summary.update({"list": [1, 2], "none": None, "kept": 1})
            run.summary[()] = 1
            run.summary[[]] = 1
            run.summary.update(5)
            run.define_metric("loss", summary="median")
            run.define_metric("loss", summary=7)
            run.define_metric(object, summary="min")
        assert trackers.only_run(tracker).summary == {"kept": 1, "()": 1}
        told = warnings_in(said)
        named = ("'list' is of type list", "'none' is of type NoneType", "unhashable", "update()", "'median'")
        assert [text for text in named if not any(text in each for each in told)] == []
        assert len(told) == len(named) + 1

    def test_raises_if_strict(self, project):
        strict = connect(f"memory://{project}", strict=True)
        with pytest.raises(UnstorableValue, match="'list'"), strict.start_run() as run:
            run.summary["list"] = [1]
        with pytest.raises(UnstorableValue, match="'best'"), strict.start_run() as run:
            run.define_metric("loss", summary="best")


class TestChildProcesses:
    def test_their_rows_count_whatever_their_names_are(self, project):
        tracker = connect(f"memory://{project}")
        with tracker.start_run() as run:
            run.define_metric("number", summary="max")
            run.define_metric("number", summary="mean")
            run.log({"number": 3})
            with get_context("fork").Pool(2) as pool:
                pool.map(workers.log_number, range(6), chunksize=1)
        stored = trackers.only_run(tracker)
        assert stored.summary == {"number.max": 5, "number.mean": 18 / 7}
        assert "number.max" not in {point.name for point in stored.metrics}

    def test_they_may_set_and_define_too(self, project):
        tracker = connect(f"memory://{project}")
        with tracker.start_run() as run:
            run.summary["both"] = 1
            child = get_context("fork").Process(target=_summarize)
            child.start()
            child.join()
            run.log({"loss": 4})
        assert trackers.only_run(tracker).summary == {"both": 2, "own": True, "loss.min": 4}


def _summarize():
    from zenml_trackers import get_run

    run = get_run()
    run.summary.update({"both": 2, "own": True})
    run.define_metric("loss", summary="min")
