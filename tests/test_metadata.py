"""M1 to M7."""

from __future__ import annotations

import math
from uuid import uuid4

import numpy as np
import pytest
import trackio
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support import direct, reader
from zenml_trackers import get_run, get_trackio_run
from zenml_trackers.backends.trackio import step_run
from zenml_trackers.errors import RunNotFound, UnstorableValue
from zenml_trackers.zenml.trackio.flavor import TrackioExperimentTrackerSettings

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INTEGERS = st.integers(-(2**63), 2**64 - 1)
SCALARS = st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | TEXT
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))
MAPS = st.dictionaries(TEXT, JSON, max_size=5)


def _project():
    return f"metadata-{uuid4().hex[:12]}"


def test_metadata_is_there_before_the_first_line(project):
    seen = []
    step = direct.info(metadata={"dataset": "digits"}, tags=["early"])
    direct.run_step(direct.tracker(project=project), step, lambda: seen.extend(reader.local(project)))
    [run] = seen
    assert (run.status, run.metadata, "early" in run.tags) == ("running", {"dataset": "digits"}, True)


@pytest.mark.slow
@given(metadata=MAPS)
def test_metadata_round_trips(metadata):
    project = _project()
    direct.run_step(direct.tracker(project=project), direct.info(metadata=metadata))
    assert reader.local(project)[0].metadata == metadata


@pytest.mark.slow
@given(params=MAPS)
def test_params_round_trip(params):
    project = _project()
    direct.run_step(direct.tracker(project=project), direct.info(), lambda: get_run().log_params(params))
    config = reader.local(project)[0].config
    hidden = config.get("zenml.params", {})
    assert {**{k: v for k, v in config.items() if k in params}, **hidden} == params
    assert config["zenml.status"] == "finished"


@pytest.mark.parametrize("key", ["zenml.status", "zenml.tags", "_Group", "_hidden"])
def test_a_param_cannot_take_the_place_of_ours_or_of_trackios(project, key):
    direct.run_step(direct.tracker(project=project), direct.info(), lambda: get_run().log_params({key: "mine"}))
    [run] = reader.local(project)
    assert (run.status, run.config["zenml.params"]) == ("finished", {key: "mine"})
    assert run.config["_Group"] == "pipe-run"


@pytest.mark.slow
@given(values=st.lists(st.floats() | st.booleans() | INTEGERS, min_size=1, max_size=20))
def test_metric_values_are_read_back_bit_for_bit(values):
    project = _project()

    def body():
        for value in values:
            get_run().log({"m": value})

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    stored = [_float(value) for _, value in reader.local(project)[0].series("m")]
    assert list(map(repr, stored)) == list(map(repr, values))


def _float(value):
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(value, value)


STEPS = st.lists(st.none() | st.integers(0, 1000), min_size=1, max_size=20)


@pytest.mark.slow
@given(steps=STEPS)
def test_steps_count_up_from_the_last_unless_given(steps):
    project = _project()

    def body():
        for index, step in enumerate(steps):
            get_run().log({"m": index}, step=step)

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    expected, following = [], 0
    for step in steps:
        expected.append(following if step is None else step)
        following = max(following, expected[-1] + 1)
    assert [step for step, _ in reader.local(project)[0].series("m")] == expected


@pytest.mark.parametrize("name", ["step", "time", "__odd", "a/b", "ü", "", "loss " * 100])
def test_a_hard_metric_name_is_kept_or_escaped_reversibly(project, name):
    direct.run_step(direct.tracker(project=project), direct.info(), lambda: get_run().log({name: 1}))
    [(stored, _, _)] = reader.local(project)[0].metrics
    assert stored in (name, f"__{name}")


def test_arrays_and_tensors_of_one_number_are_metrics(project):
    numbers = {"np32": np.float32(0.5), "np64": np.float64(0.1), "int": np.int64(3), "array": np.array([2.5])}
    direct.run_step(direct.tracker(project=project), direct.info(), lambda: get_run().log(numbers, step=np.int32(4)))
    [run] = reader.local(project)
    assert {name: value for name, _, value in run.metrics} == {"np32": 0.5, "np64": 0.1, "int": 3, "array": 2.5}
    assert {step for _, step, _ in run.metrics} == {4}


UNSTORABLE = {"object": object(), "text": "high", "big": 2**70, "none": None, "masked": np.ma.masked}


@pytest.mark.parametrize("key", UNSTORABLE)
def test_the_rest_of_a_payload_is_stored_and_one_warning_names_the_key(project, said, key):
    def body():
        for _ in range(3):
            get_run().log({"good": 1, key: UNSTORABLE[key], "also": 2})

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    assert [name for name, _, _ in reader.local(project)[0].metrics] == ["good", "also"] * 3
    warnings = [record.getMessage() for record in said.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert repr(key) in warnings[0]


@pytest.mark.parametrize(
    ("odd", "stored"),
    [
        ({"deep": {"lock": NotImplemented}}, {"deep": {"lock": "NotImplemented"}}),
        ({"big": 2**70}, {"big": str(2**70)}),
        ({"s": "\udc80"}, {"s": "\\udc80"}),
    ],
)
def test_params_that_no_tracker_can_hold_are_stored_as_text_and_named(project, said, odd, stored):
    direct.run_step(direct.tracker(project=project), direct.info(), lambda: get_run().log_params({"good": 1, **odd}))
    assert reader.local(project)[0].params == {"good": 1, **stored}
    assert repr(next(iter(odd))) in said.text


def test_a_param_that_holds_itself_is_named(project, said):
    loop: dict = {"ok": 1}
    loop["loop"] = loop
    direct.run_step(direct.tracker(project=project), direct.info(), lambda: get_run().log_params(loop))
    assert "'loop'['loop'] is nested deeper than 100 levels, or holds itself." in said.text
    assert reader.local(project)[0].params == {"ok": 1, "loop": {"ok": 1, "loop": None}}


def test_a_strict_tracker_raises_where_another_warns(project):
    with pytest.raises(UnstorableValue, match="'text'"):
        direct.run_step(
            direct.tracker(project=project, strict=True), direct.info(), lambda: get_run().log({"text": "x"})
        )
    assert reader.local(project)[0].status == "failed"


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"a": {"b": [object()]}}, r"metadata\['a'\]\['b'\]\[0\] is of type builtins.object"),
        ("text", "dict"),
        ({"x": 2**70}, "64 bits"),
    ],
)
def test_metadata_that_cannot_be_stored_is_refused_when_the_settings_are_built(metadata, said):
    with pytest.raises(ValidationError, match=said):
        TrackioExperimentTrackerSettings(metadata=metadata)


def test_special_floats_in_metadata_are_stored_as_trackio_does(project):
    step = direct.info(metadata={"nan": math.nan, "inf": math.inf})
    direct.run_step(direct.tracker(project=project), step)
    assert reader.local(project)[0].metadata == {"nan": "NaN", "inf": "Infinity"}


def test_two_runs_of_one_name_stay_two_runs(project):
    tracker = direct.tracker(project=project)
    direct.run_step(tracker, direct.info(run_name="nightly"), lambda: get_run().log({"m": 1}))
    direct.run_step(tracker, direct.info(run_name="nightly"), lambda: get_run().log({"m": 2}))
    runs = reader.local(project)
    assert [(run.name, run.series("m")) for run in runs] == [("nightly", [(0, 1)]), ("nightly", [(0, 2)])]


def test_the_default_name_is_pipeline_run_and_step(project):
    direct.run_step(direct.tracker(project=project), direct.info())
    assert reader.local(project)[0].name == "pipe-run_train"


def test_the_metadata_of_the_step_finds_the_run(project):
    found = direct.run_step(direct.tracker(project=project), direct.info(run_name="my run"))
    [run] = reader.local(project)
    assert (found["trackio_run_id"], found["trackio_run_name"]) == (run.id, "my run")
    assert found["trackio_project"] == project


def test_a_resumed_run_goes_on_where_it_stopped(project):
    tracker = direct.tracker(project=project)
    first = direct.info(run_name="long", tags=["a"], metadata={"x": 1})
    direct.failing_step(tracker, first, ValueError("stop"))
    direct.run_step(tracker, first, lambda: (get_run().log({"m": 1}), get_run().log_params({"p": 1})))
    again = direct.info(run_name="long", tags=["b"], metadata={"y": 2}, resume="allow")
    direct.run_step(tracker, again, lambda: get_run().log({"m": 2}))
    _, run = reader.local(project)
    assert run.series("m") == [(0, 1), (1, 2)]
    assert (run.params, run.metadata, run.status) == ({"p": 1}, {"x": 1, "y": 2}, "finished")
    assert {"a", "b"} <= set(run.tags)


def test_the_documented_run_object(project):
    def body():
        run = get_trackio_run()
        assert isinstance(run, trackio.Run)
        run.log({"native": 1})
        run.log_metrics({"ours": 2})
        run.log_params({"lr": 0.1})
        run["parameters"] = {"depth": 3}

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    [run] = reader.local(project)
    assert run.metrics == [("native", 0, 1), ("ours", 1, 2)]
    assert run.params == {"lr": 0.1, "parameters": {"depth": 3}}


def test_artifacts_images_and_tables(project, tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)

    def body():
        get_run().log_artifact(tmp_path / "notes.txt")
        get_run().log_image("picture", pixels)
        get_run().log_table("cells", ["a", "b"], [(1, "x"), (2, "y")])
        assert get_run().flush()
        trackio.use_artifact("notes.txt").download(tmp_path / "back")

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    stored = {name: value for name, _, value in reader.local(project)[0].metrics}
    assert (tmp_path / "back" / "notes.txt").read_text() == "hello"
    assert stored["picture"]["_type"] == "trackio.image"
    assert [tuple(row.values()) for row in stored["cells"]["_value"]] == [(1, "x"), (2, "y")]


def test_what_cannot_be_kept_as_an_artifact_does_not_fail_the_step(project, said):
    direct.run_step(direct.tracker(project=project), direct.info(), lambda: get_run().log_artifact("/no/such/file"))
    assert reader.local(project)[0].status == "finished"
    assert "/no/such/file" in said.text


def test_a_run_that_must_be_resumed_and_is_not_there(project, said):
    step = direct.info(run_name="nobody", resume="must")
    with pytest.raises(RunNotFound, match="'nobody'"):
        direct.tracker(project=project, strict=True).prepare_step_run(step)
    assert reader.local(project) == []
    direct.run_step(direct.tracker(project=project), step, lambda: get_run().log({"m": 1}))
    assert [(run.name, run.series("m")) for run in reader.local(project)] == [("nobody", [(0, 1)])]
    assert "to resume. The step goes on with a new run." in said.text


@pytest.mark.parametrize("odd", [{7: 1}, {"m": 2**70}, None, {"m": object()}])
def test_trackios_own_log_of_something_odd_costs_no_other_row(project, odd):
    def body():
        trackio.log({"before": 1})
        trackio.log(odd)
        trackio.log({"far": 1}, step=2**63)
        trackio.log({"after": 1})

    direct.run_step(direct.tracker(project=project), direct.info(), body)
    [run] = reader.local(project)
    assert (run.status, len(run.series("before")), len(run.series("after"))) == ("finished", 1, 1)


def test_a_set_is_refused_by_trackios_own_log_whatever_the_release():
    """Releases below 0.42 would have a list stored as a metric."""
    kept, refused = step_run._kept({"loss": 1.0, "odd": {1, 2}})
    assert kept == {"loss": 1.0}
    assert ["'odd'" in str(error) for error in refused] == [True]
