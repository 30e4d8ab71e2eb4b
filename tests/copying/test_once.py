"""What is copied, and what is not: what goes on, what is there, what was interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tests.copying.runs import attached, copied, place, runs, store
from zenml_trackers import connect
from zenml_trackers.backends.memory import MemoryBackend
from zenml_trackers.cli import main
from zenml_trackers.copy.copying import Copying, Fate, Place
from zenml_trackers.errors import InvalidUrl, RunNotFound
from zenml_trackers.model.records import Image, Metrics, Record, RunSpec, Status


def test_runs_that_have_not_ended_are_left_out_until_they_have(trackio, memory):
    sink = place(memory).backend.open(RunSpec(name="long", project=""), None)
    sink.write([Metrics(values={"x": 1})])
    assert copied(memory, trackio).summary.fates == {Fate.RUNNING: ["long"]}
    assert runs(trackio) == []
    sink.close(Status.FINISHED, None)
    assert copied(memory, trackio).summary.fates == {Fate.COPIED: ["long"]}


def test_runs_of_unknown_status_are_copied_as_finished_if_that_is_wanted(trackio, project, memory):
    import trackio as library

    library.init(project=project, name="by the library", config={"lr": 0.1})
    library.log({"loss": 0.5})
    library.finish()
    assert copied(trackio, memory).summary.fates == {Fate.UNKNOWN: ["by the library"]}
    for _ in range(2):
        copying = Copying(place(trackio), place(memory), assume_finished=True)
        copying.run()
        assert copying.summary.losses == []
    [run] = runs(memory)
    assert (run.status, run.params, run.attempt) == (Status.FINISHED, {"lr": 0.1}, None)
    assert [(point.name, point.step, point.value) for point in run.metrics] == [("loss", 0, 0.5)]
    assert copied(memory, trackio).summary.fates.keys() == {Fate.PRESENT}


def test_a_copy_alerts_nobody_of_a_failure_long_ago(memory, trackio, project):
    from trackio.sqlite_storage import SQLiteStorage

    store(memory, RunSpec(name="failed", project=""), status=Status.FAILED)
    copied(memory, trackio)
    assert SQLiteStorage.get_alerts(project) == []
    store(trackio, RunSpec(name="failed", project=""), status=Status.FAILED)
    assert len(SQLiteStorage.get_alerts(project)) == 1


@pytest.mark.parametrize(
    "name", ["..", "../../../out", "/tmp/zenml-trackers-out", "a/../../b", "x" * 300, "a\\b", "a/b"]
)
def test_no_name_of_a_run_leads_its_pictures_out_of_the_folder(name, memory, trackio, tmp_path):
    from trackio.utils import MEDIA_DIR

    pixels = Image(name="i", image=np.zeros((2, 2, 3), dtype=np.uint8), step=0)
    run_id = store(memory, RunSpec(name=name, project=""), Metrics(values={"x": 1}), pixels)
    assert copied(memory, trackio).summary.losses == []
    [copy] = runs(trackio)
    [image] = connect(trackio).backend.attachments(copy.id, tmp_path)
    assert image.image.is_relative_to(MEDIA_DIR / trackio.rpartition("/")[2])
    assert attached(trackio, copy.id, tmp_path / "after") == attached(memory, run_id, tmp_path / "before")


def test_a_copied_run_that_is_resumed_keeps_its_origin(memory, trackio):
    store(memory, RunSpec(name="again", project=""), Metrics(values={"x": 1}))
    for target in (trackio, f"{memory}/other"):
        copied(memory, target)
        with connect(target, strict=True).start_run("again", resume="must") as run:
            run.log({"x": 2})
        assert copied(memory, target).summary.fates == {Fate.PRESENT: ["again"]}


class StopsInTheMiddle(MemoryBackend):
    """A source at which the user presses Ctrl-C while the first run is copied."""

    def attachments(self, run_id: str, folder: Path) -> Iterator[Record]:
        raise KeyboardInterrupt


def test_an_interrupted_copy_is_told_and_left_alone(memory, trackio):
    for name in ("first", "second"):
        store(memory, RunSpec(name=name, project=""), Metrics(values={"x": 1}))
    stopping = Copying(Place(memory, StopsInTheMiddle(memory.removeprefix("memory://"), "default")), place(trackio))
    with pytest.raises(KeyboardInterrupt):
        stopping.run()
    assert [(run.name, run.status) for run in runs(trackio)] == [("first", Status.RUNNING)]
    for _ in range(2):
        done = CliRunner().invoke(main, ["copy", memory, trackio])
        assert done.exit_code == 1
        assert f"'first (there {runs(trackio)[0].id})'" in done.output
        assert "Delete them there and copy again" in done.output
    assert [run.name for run in runs(trackio)] == ["first", "second"]


def test_the_errors_have_names(memory):
    with pytest.raises(InvalidUrl, match="source and target"):
        Copying(place(memory), place(memory))
    with pytest.raises(RunNotFound, match="nope"):
        Copying(place(memory), place(f"{memory}/other")).run(["nope"])
