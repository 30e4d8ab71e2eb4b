"""No call of a run fails the step by what it was given: it costs itself alone, and is named."""

from __future__ import annotations

import dataclasses
import tempfile

import pytest

from tests.support.said import warnings_in
from zenml_trackers import connect
from zenml_trackers.errors import TrackerError


class Unshown:
    def __str__(self):
        raise RuntimeError("not to be shown")

    __repr__ = __str__


class Unread(dict):
    def items(self):
        raise RuntimeError("not to be read")

    __iter__ = items


@dataclasses.dataclass
class Closed:
    lr: float = 0.1

    def __getattribute__(self, name):
        if name == "lr":
            raise RuntimeError("not to be had")
        return super().__getattribute__(name)


CALLS = {
    "log": lambda run: run.log(Unread(a=1)),
    "log of a name": lambda run: run.log({Unshown(): 1}),
    "log of a value": lambda run: run.log({"a": Unshown()}),
    "log at a step": lambda run: run.log({"a": 1}, step=Unshown()),
    "log_metric": lambda run: run.log_metric([], 1),
    "log_params": lambda run: run.log_params(Unread(a=1)),
    "log_params of an object": lambda run: run.log_params(Closed()),
    "log_params of a name": lambda run: run.log_params({Unshown(): 1}),
    "log_params of a value": lambda run: run.log_params({"a": Unshown()}),
    "log_param": lambda run: run.log_param([], 1),
    "set_tag": lambda run: run.set_tag("key", Unshown()),
    "add_tags": lambda run: run.add_tags(5),
    "log_table": lambda run: run.log_table("t", Unshown()),
    "log_image": lambda run: run.log_image(Unshown(), b"x"),
    "log_text": lambda run: run.log_text(5, "text"),
    "log_histogram": lambda run: run.log_histogram("h", Unshown()),
    "log_audio": lambda run: run.log_audio("a", Unshown(), 8000),
    "log_video": lambda run: run.log_video("v", Unshown()),
    "log_artifact": lambda run: run.log_artifact(Unshown()),
    "summary": lambda run: run.summary.update({"a": Unshown()}),
    "summary of a name": lambda run: run.summary.update({Unshown(): 1}),
    "summary of a map": lambda run: run.summary.update({"a": Unread(a=1)}),
    "summary of one": lambda run: run.summary.__setitem__([], 1),
    "define_metric": lambda run: run.define_metric(Unshown(), "min"),
    "define_metric as": lambda run: run.define_metric("behind", Unshown()),
}


@pytest.mark.parametrize("call", CALLS)
def test_what_a_call_was_given_costs_that_call_alone(project, said, call):
    tracker = connect(f"memory://{project}")
    with tracker.start_run() as run:
        CALLS[call](run)
        run.log({"behind": 1})
    [stored] = tracker.read()
    assert [point.name for point in stored.metrics] == ["behind"]
    assert len(warnings_in(said)) == 1


@pytest.mark.parametrize("call", CALLS)
def test_a_strict_tracker_raises_an_error_of_ours(project, call):
    with pytest.raises(TrackerError), connect(f"memory://{project}", strict=True).start_run() as run:
        CALLS[call](run)


def test_an_alert_and_a_child_are_there_whatever_their_names(project):
    tracker = connect(f"memory://{project}")
    with tracker.start_run("parent") as run:
        run.alert(Unshown(), 5)
        with run.child(5, metadata=Unread(a=1), tags=5):
            pass
    parent, child = tracker.read()
    assert [(alert.title, alert.text) for alert in parent.alerts] == [("<Unshown>", "5")]
    assert (child.name, child.parent) == ("5", parent.id)


def test_no_temporary_folder_costs_the_text_alone(project, said, monkeypatch):
    tracker = connect(f"memory://{project}")
    with tracker.start_run() as run:
        monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
        run.log_text("notes", "text")
        run.log({"behind": 1})
    [warning] = warnings_in(said)
    assert "log_text() can't take what it was given: FileNotFoundError" in warning


def test_arguments_that_a_call_does_not_have_are_a_mistake(project):
    with pytest.raises(TypeError, match="log"), connect(f"memory://{project}").start_run() as run:
        run.log({"a": 1}, 1, 2)
