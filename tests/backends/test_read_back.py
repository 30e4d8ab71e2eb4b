"""What a run was given is read back as it was given, on every tracker."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy
import PIL.Image
import pytest

from tests.support.trackers import ALL, url_of
from zenml_trackers import connect
from zenml_trackers.model.records import Artifact, Image, RunError, Status, Table
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.tracker import Tracker

HOSTILE = ["a/b", "..", " x ", "🦊 naïve", 'say "hi"', "line\nbreak", "x" * 300, "0", "{{s.k}}", "Case", "case", "_x"]
RESERVED = ["_step", "_timestamp", "zenml/step", "a.b", "*", "x*y", "zenml", "-a-", "curr_step", "a|b", "y" * 100 + "1"]
"""Names that a tracker's library, or this package, has a use of its own for."""
NUMBERS = [0.1, 1e-7, 5e-324, 1.7976931348623157e308, -0.0, math.inf, -math.inf, math.nan, True, 7, 2**53, -(2**63)]
At = Callable[..., Tracker]


@pytest.fixture(params=ALL)
def at(request: pytest.FixtureRequest, tmp_path: Path, project: str, monkeypatch: pytest.MonkeyPatch) -> At:
    """Connects to a project; those of one test are beside each other."""
    url = url_of(request.param, tmp_path, project, monkeypatch)
    return lambda name=project: connect(url, project=name, strict=True, deadline=120)


def only(tracker: Tracker) -> StoredRun:
    [run] = tracker.read()
    return run


@pytest.mark.slow
@pytest.mark.parametrize("of", ["digits", "a/b", "..", "🦊", "x" * 300])
def test_names_tags_params_and_metadata_are_as_given(at: At, project: str, of: str) -> None:
    called = f"{of}{project}"
    kept = at(called).backend.project  # Trackio does not take each name
    texts = {name: name for name in HOSTILE}
    params = {**texts, "deep": {"none": None, "list": [1, 1.0, True, {}]}, "long": "x" * 5000}
    for name in HOSTILE:
        with at(called).start_run(name, tags=HOSTILE, metadata=texts) as run:
            run.log_params(params)
    stored = list(at(called).read())
    assert sorted(run.name for run in stored) == sorted(HOSTILE)
    assert len({run.id for run in stored}) == len(HOSTILE)
    for run in stored:
        assert (run.tags, run.metadata, run.project) == (frozenset(HOSTILE), texts, kept)
        assert json.dumps(run.params, sort_keys=True) == json.dumps(params, sort_keys=True)


def test_projects_are_kept_apart(at: At, project: str) -> None:
    signs = "-_x" if at().backend.name == "trackio" else "/_ "
    names = [f"{project}{sign}b" for sign in signs]
    for name in names:
        with at(name).start_run(name):
            pass
    assert {name: [run.name for run in at(name).read()] for name in names} == {name: [name] for name in names}


def test_numbers_keep_their_name_step_order_and_bits(at: At) -> None:
    with at().start_run("r") as run:
        for name in [*HOSTILE, *RESERVED]:
            for number, value in enumerate(NUMBERS):
                run.log({name: value}, step=number % 2)
    stored = only(at())
    zero = 0.0 if at().backend.name == "mlflow" else -0.0  # SQLite keeps no sign of it
    promised = [(number % 2, float(value or zero).hex()) for number, value in enumerate(NUMBERS)]
    for name in [*HOSTILE, *RESERVED]:
        assert [(at.step, float(at.value).hex()) for at in stored.metrics if at.name == name] == promised


def test_a_failed_run_says_why(at: At) -> None:
    message = "no *such* thing " * 100
    with pytest.raises(LookupError), at().start_run("r"):
        raise LookupError(message)
    stored = only(at())
    assert (stored.status, stored.error) == (Status.FAILED, RunError(type="LookupError", message=message))


def test_a_resumed_run_goes_on(at: At) -> None:
    for value in range(3):
        with at().start_run("r" * 200, resume="allow", tags=[f"t{value}"]) as run:
            run.log({"_step": value, "🦊": value})
            run.log_params({f"p{value}": value})
    stored = only(at())
    for name in ("_step", "🦊"):
        assert [(each.step, each.value) for each in stored.metrics if each.name == name] == [(0, 0), (1, 1), (2, 2)]
    assert (stored.tags, stored.params) == ({"t0", "t1", "t2"}, {"p0": 0, "p1": 1, "p2": 2})


@pytest.mark.parametrize("name", ["model", "a/../b 🦊", "..", "x" * 300])
def test_artifacts_images_and_tables_are_as_logged(at: At, tmp_path: Path, name: str) -> None:
    pixels = numpy.arange(24, dtype=numpy.uint8).reshape(2, 4, 3)
    rows = [[1, "1", 1.5], [None, "null", True]]
    source, there = tmp_path / "source", tmp_path / "there"
    (source / "deep").mkdir(parents=True)
    there.mkdir()
    (source / "deep" / "é").write_bytes(b"\r\n\0")
    with at().start_run("r") as run:
        run.log({name: 1}, step=5)
        run.log_artifact(source, name)
        run.log_artifact(source / "deep" / "é")
        run.log_image(name, pixels)
        run.log_table(name, ["a", "1", "b"], rows, step=3)
        (source / "deep" / "é").write_bytes(b"changed")
    kept = list(at().backend.attachments(run.id, there))
    artifacts = {each.name: each.path for each in kept if isinstance(each, Artifact)}
    assert artifacts.keys() == {name, "é"}
    assert (artifacts[name] / "deep" / "é").read_bytes() == artifacts["é"].read_bytes() == b"\r\n\0"
    [image] = [each for each in kept if isinstance(each, Image)]
    assert (image.name, image.step) == (name, 5)
    assert (numpy.asarray(PIL.Image.open(image.image).convert("RGB")) == pixels).all()
    [table] = [each for each in kept if isinstance(each, Table)]
    expected = Table(name=name, step=3, columns=("a", "1", "b"), rows=tuple(map(tuple, rows)))
    assert json.dumps(table.model_dump()) == json.dumps(expected.model_dump())
