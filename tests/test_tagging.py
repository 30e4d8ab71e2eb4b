"""T1 to T5."""

from __future__ import annotations

from uuid import uuid4

import pytest
import trackio
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support import direct, reader
from zenml_trackers import get_run, get_trackio_run
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerSettings

ALWAYS = ["pipe", "pipe-run", "train"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@pytest.mark.slow
@given(tags=st.lists(TEXT, max_size=6))
def test_tags_are_stored_as_a_set_with_the_three_names(tags):
    project = f"tags-{uuid4().hex[:12]}"
    direct.run_step(direct.tracker(project=project), direct.info(tags=tags))
    [run] = reader.local(project)
    assert len(run.tags) == len(set(run.tags))
    assert set(run.tags) == {*tags, *ALWAYS}


@pytest.mark.parametrize(
    "tag", ["x" * 10_000, "🦊 naïve", "a\tb", "\x00", " ", "q\"uo'te", "a,b", "zenml.status", "Case"]
)
def test_a_hard_tag_is_kept_as_it_is(project, tag):
    direct.run_step(direct.tracker(project=project), direct.info(tags=[tag, tag]))
    [run] = reader.local(project)
    assert run.tags == [tag, *ALWAYS]


def test_tags_write_no_metric_and_take_no_step(project):
    def body():
        get_run().add_tags("late")
        trackio.log({"first": 1})

    direct.run_step(direct.tracker(project=project), direct.info(tags=["a"]), body)
    [run] = reader.local(project)
    assert run.metrics == [("first", 0, 1)]


def test_tags_added_while_the_step_runs(project):
    def body():
        get_run().add_tags("one", ["two", "three"])
        get_trackio_run().add_tags("four", "one")

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    assert reader.local(project)[0].tags == [*ALWAYS, "one", "two", "three", "four"]


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ([""], r"tags\[0\] is empty"),
        (["good", ""], r"tags\[1\] is empty"),
        ([3], r"tags\[0\] is 3, of type int"),
        ([None], r"tags\[0\] is None"),
        ("nightly", "pass a list of strings"),
        (["\ud800"], r"tags\[0\] holds a lone surrogate"),
        ({"a": 1}, "list"),
    ],
)
def test_a_tag_that_cannot_be_held_is_refused_by_name(tags, said):
    with pytest.raises(ValidationError, match=said):
        TrackioExperimentTrackerSettings(tags=tags)


def test_a_bad_tag_added_in_the_step_is_warned_of_and_harms_nothing(project, said):
    def body():
        get_run().add_tags("good", "")
        get_run().add_tags(7)
        get_run().add_tags("later")

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    [run] = reader.local(project)
    assert (run.status, run.tags) == ("finished", [*ALWAYS, "later"])
    assert "tags[1] is empty" in said.text
