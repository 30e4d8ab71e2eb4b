"""What every backend tells of stored runs beside what was logged: times, what shows them, and which projects exist."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.support.trackers import ALL, backend_at, store, url_of
from zenml_trackers import connect
from zenml_trackers.copy.copying import Copying, Fate, Place
from zenml_trackers.model.records import Metrics, RunSpec, Status
from zenml_trackers.model.stored import StoredRun
from zenml_trackers.model.times import utc, utc_in

ROUNDED = timedelta(milliseconds=5)
"""Clocks and databases keep milliseconds, and file systems' clocks tick."""
SHOWN_BY = {
    "memory": "zenml-trackers runs ",
    "trackio": "trackio show --project ",
    "mlflow": "mlflow ui --backend-store-uri ",
    "tensorboard": "tensorboard --logdir ",
    "aim": "aim up --repo ",
    "wandb": "wandb leet ",
    "comet": "comet upload ",
}


@pytest.fixture(params=ALL)
def url(request, tmp_path: Path, project: str, monkeypatch) -> str:
    return url_of(request.param, tmp_path, project, monkeypatch)


def only(url: str, project: str) -> StoredRun:
    [run] = backend_at(url, project).read()
    return run


@pytest.mark.slow
def test_a_run_has_the_times_of_its_beginning_and_its_end(url, project):
    before = datetime.now(timezone.utc)
    with connect(url, project=project, strict=True, deadline=120).start_run("timed") as run:
        run.log({"loss": 1.0})
        time.sleep(1.1)  # W&B keeps whole seconds
    after = datetime.now(timezone.utc)
    stored = only(url, project)
    assert stored.started is not None
    assert stored.ended is not None
    assert stored.started.tzinfo is timezone.utc
    assert before - ROUNDED <= stored.started < stored.ended <= after + ROUNDED
    assert stored.ended - stored.started >= timedelta(seconds=1)


@pytest.mark.slow
def test_a_run_that_goes_on_has_no_end_and_one_that_was_continued_has_its_first_beginning(url, project):
    backend = backend_at(url, project)
    store(backend, RunSpec(name="twice", project=project), Metrics(values={"x": 1}))
    first = only(url, project)
    time.sleep(1.1)
    sink = backend.open(RunSpec(name="twice", project=project), first)
    sink.write([Metrics(values={"x": 2})])
    going_on = only(url, project)
    assert (going_on.status, going_on.started, going_on.ended) == (Status.RUNNING, first.started, None)
    sink.close(Status.FINISHED, None)
    ended = only(url, project)
    assert ended.started == first.started
    assert ended.ended is not None
    assert first.ended is not None
    assert ended.ended > first.ended


def test_the_command_that_shows_a_run_is_that_of_its_step(url, project):
    backend = backend_at(url, project)
    sink = backend.open(RunSpec(name="shown", project=project), None)
    sink.write([])
    sink.close(Status.FINISHED, None)
    stored = only(url, project)
    assert stored.show_command == sink.links["show_command"]
    assert SHOWN_BY[backend.name] in stored.show_command


def test_a_copy_has_its_own_times_which_is_no_loss(url, project):
    source = f"memory://{project}-source"
    store(backend_at(source, project), RunSpec(name="old", project=project), Metrics(values={"x": 1.0}))
    time.sleep(0.05)
    there = f"{url}?project={project}"
    copying = Copying(
        Place(f"{source}?project={project}", backend_at(source, project)), Place(there, backend_at(url, project))
    )
    copying.run()
    assert copying.summary.losses == []
    assert copying.summary.fates.keys() == {Fate.COPIED}
    original, copy = only(source, project), only(url, project)
    assert copy.started is not None
    assert original.ended is not None
    assert copy.started > original.ended - ROUNDED


def test_projects_are_told_by_the_names_that_find_their_runs(url, project):
    names = [project, f"{project}-other"]
    if not url.startswith("trackio"):  # it refuses such a name itself
        names.append(f"{project}/a b é")
    for name in names:
        store(backend_at(url, name), RunSpec(name="r", project=name), Metrics(values={"x": 1}))
    for name in names:
        backend = backend_at(url, name)
        assert name in backend.projects()
        assert all(list(backend_at(url, told).read()) for told in backend.projects() if told.startswith(project))
    assert f"{project}-nowhere" not in backend_at(url, f"{project}-nowhere").projects()


@pytest.mark.parametrize("tracker", [each for each in ALL if each not in ("trackio",)])
def test_where_there_is_nothing_there_are_no_projects_and_nothing_is_made(tracker, tmp_path, project, monkeypatch):
    url = url_of(tracker, tmp_path / "nothing", project, monkeypatch, made=False)
    for asked in (url, url_of(tracker, tmp_path, project, monkeypatch, made=False)):
        backend = backend_at(asked, project)
        assert list(backend.read()) == []
        assert backend.projects() == []
    assert list(tmp_path.iterdir()) == []


def test_an_aim_repository_is_made_by_no_reader(tmp_path, project, monkeypatch):
    url = url_of("aim", tmp_path, project, monkeypatch, made=False)
    (tmp_path / "aim").mkdir()
    assert list(backend_at(url, project).read()) == []
    assert list((tmp_path / "aim").iterdir()) == []


class TestRunsOfOthers:
    """Runs that this package did not make, whose status nobody knows: their end is when the last of them was logged."""

    def test_by_trackio_itself(self, project):
        import trackio

        before = datetime.now(timezone.utc)
        trackio.init(project=project, name="native")
        trackio.log({"loss": 1.0})
        time.sleep(1.2)  # Trackio gives rows the time at which it writes them, every half second
        trackio.log({"loss": 0.5})
        trackio.finish()
        run = only("trackio:///", project)
        assert run.status is None
        assert run.started is not None
        assert run.ended is not None
        assert before <= run.started
        assert run.ended - run.started > timedelta(seconds=0.3)

    def test_by_a_writer_of_tensorboards(self, tmp_path, project, monkeypatch):
        pytest.importorskip("tensorboard")
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        url = url_of("tensorboard", tmp_path, project, monkeypatch)
        writer = EventFileWriter(str(tmp_path / "boards" / project / "run"))
        for wall_time in (1_000_000_000, 1_000_000_060):
            value = Summary.Value(tag="loss", simple_value=1.0)
            writer.add_event(Event(wall_time=wall_time, step=0, summary=Summary(value=[value])))
        writer.close()
        run = only(url, project)
        assert run.status is None
        assert run.ended == datetime(2001, 9, 9, 1, 47, 40, tzinfo=timezone.utc)


class TestTimes:
    @pytest.mark.parametrize("none", [None, 0, 0.0, float("inf"), float("nan"), 1e30, -1e30])
    def test_what_is_no_time_is_none(self, none):
        assert utc(none) is None

    @pytest.mark.parametrize("none", [None, "", "yesterday", "20"])
    def test_what_is_no_text_of_a_time_is_none(self, none):
        assert utc_in(none) is None

    @pytest.mark.parametrize(
        "text",
        [
            "2026-11-26T08:00:00.5",
            "2026-11-26T08:00:00.500Z",
            "2026-11-26T10:00:00.500+02:00",
            "2026-11-26 08:00:00.500000",
        ],
    )
    def test_a_text_is_read_as_utc(self, text):
        assert utc_in(text) == datetime(2026, 11, 26, 8, 0, 0, 500_000, tzinfo=timezone.utc)
