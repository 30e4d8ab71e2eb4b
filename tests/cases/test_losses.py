"""What is lost is named, each name once, and what is not lost is stored; with `strict` the call itself raises."""

from __future__ import annotations

import numpy
import pytest

from tests.cases.conftest import Case
from tests.support.hostile import Collecting, Hostile, Telling, tracker
from tests.support.said import warnings_in
from zenml_trackers.errors import TrackerError
from zenml_trackers.model.records import Feature


class Opaque:
    """No tracker can store it."""


def lose(run, case: Case) -> None:
    """Log 13 different things that can't be stored."""
    run.log({"metric one": "text", "metric two": Opaque(), "loss": 1.0})
    run.log_params({"param one": 2**70, "param two": "\ud800", "a": 1})
    run.log({"step one": 1.0}, step=2**63)
    run.log({"step two": 1.0}, step=2**64)
    run.log_artifact(case.folder / "nowhere one", "artifact one")
    run.log_artifact(case.folder / "nowhere two", "artifact two")
    run.log_image("image one", numpy.zeros((2, 2, 9), numpy.uint8))
    run.log_image("image two", case.file("no-image.png"))
    run.log_table("table one", ["a"], [[1, 2]])
    run.log_table("table two", ["a", "b"], [[1]])
    run.add_tags("good", "")


NAMES = [
    f"{kind} {number}"
    for kind in ("metric", "param", "step", "artifact", "image", "table")
    for number in ("one", "two")
]


def test_each_of_thirteen_losses_is_named_once(case: Case, said):
    with case.run() as run:
        for _ in range(3):
            lose(run, case)
    warnings = warnings_in(said)
    for name in NAMES:
        assert len([warning for warning in warnings if f"'{name}'" in warning]) == 1, name
    assert len([warning for warning in warnings if "tags[1]" in warning]) == 1
    assert len(warnings) == 13
    stored = case.stored()
    assert [point.value for point in stored.metrics] == [1.0] * 3
    assert stored.params["a"] == 1


STRICT = {
    "a metric": lambda run, case: run.log({"odd": "text"}),
    "a step": lambda run, case: run.log({"odd": 1.0}, step=2**63),
    "a param": lambda run, case: run.log_params({"odd": 2**70}),
    "a missing file": lambda run, case: run.log_artifact(case.folder / "nowhere", "odd"),
    "a folder with a broken link": lambda run, case: run.log_artifact(broken(case), "odd"),
    "a picture": lambda run, case: run.log_image("odd", numpy.zeros((2, 2, 9), numpy.uint8)),
    "a file that is no picture": lambda run, case: run.log_image("odd", case.file("no.png")),
    "a table": lambda run, case: run.log_table("odd", ["a"], [[1, 2]]),
}


def broken(case: Case):
    folder = case.file("run/file").parent
    (folder / "gone").symlink_to("nowhere")
    return folder


def test_strict_raises_in_the_call_that_gave_what_can_not_be_stored(case: Case):
    with case.run(strict=True) as run:
        for what, call in STRICT.items():
            with pytest.raises(TrackerError, match=r"odd"):
                call(run, case)
                pytest.fail(what)
        run.log({"loss": 1.0})
    stored = case.stored()
    assert [(point.name, point.value) for point in stored.metrics] == [("loss", 1.0)]
    assert case.attachments() == []


class TestOfTheTrackers:
    """Losses that only the tracker knows of, which come later, and each with words of its own."""

    @pytest.mark.parametrize("telling", [False, True])
    def test_each_thing_that_a_tracker_refuses_is_named(self, telling, said, tmp_path):
        def refuse(record) -> None:
            if getattr(record, "name", "").startswith("odd"):
                raise ValueError("no such thing here")

        sink = (Telling if telling else Collecting)(write=refuse)
        backend = Hostile(sink)
        backend.features = frozenset(Feature)
        file = tmp_path / "file"
        file.write_text("content")
        with tracker(backend).start_run() as run:
            for name in ("odd one", "odd two", "good", "odd one"):
                run.log_artifact(file, name)
                run.log_table(name, ["a"], [[1]])
            run.log({"loss": 1.0})
        warnings = warnings_in(said)
        for kind in ("artifact", "table"):
            for name in ("odd one", "odd two"):
                assert len([each for each in warnings if f"{kind} '{name}'" in each and "no such" in each]) == 1
        assert len(warnings) == 4
        assert [record.name for record in sink.taken[:-1]] == ["good", "good"]
