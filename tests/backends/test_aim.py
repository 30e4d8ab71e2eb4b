"""Aim through `connect`, in a real repository."""

from __future__ import annotations

import logging
import math
import os
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import numpy
import PIL.Image
import pytest
from aimrocks.errors import RocksIOError

from tests.support.trackers import store
from zenml_trackers import connect
from zenml_trackers.backends.aim.reading import _sequence
from zenml_trackers.backends.aim.repository import StepRun
from zenml_trackers.errors import InvalidUrl, TrackerError, TrackerUnreachable
from zenml_trackers.model.records import Metrics, RunError, RunSpec, Status

NUMBERS = [0.1, 1e-7, 5e-324, 1.7976931348623157e308, -0.0, math.inf, -math.inf, 7]


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    """One for all tests: making it takes seconds."""
    return tmp_path_factory.mktemp("aim") / "runs"


@pytest.fixture
def tracker(repository):
    return at(repository, f"test-{uuid4().hex}")


def at(repository: Path, project: str):
    return connect(f"aim:///{repository}", project=project, strict=True, deadline=60)


class TestReadBack:
    @pytest.mark.slow
    def test_numbers_keep_all_bits_and_their_order_at_any_step(self, tracker):
        steps = [3, 3, 1, 2, 9, 0, 3, 9]
        with tracker.start_run("r") as run:
            for value, step in zip(NUMBERS, steps, strict=True):
                run.log({"m": value, "a/b c": value}, step=step)
            run.log({"m": math.nan})
        (stored,) = tracker.read()
        for name in ("m", "a/b c"):
            found = [(point.step, repr(point.value)) for point in stored.metrics if point.name == name]
            promised = [(step, repr(float(value))) for value, step in zip(NUMBERS, steps, strict=True)]
            assert found[: len(promised)] == promised
        assert (stored.metrics[-1].step, repr(stored.metrics[-1].value)) == (10, "nan")

    def test_an_integer_that_no_float_equals_is_refused_by_name(self, tracker, said):
        with tracker.start_run("r") as run:
            run.log({"huge_count": 2**60 + 1, "good": 1})
        (stored,) = tracker.read()
        assert [point.name for point in stored.metrics] == ["good"]
        assert [record.message for record in said.records if "huge_count" in record.message]

    def test_a_type_that_only_changed_its_type_is_stored(self, tracker):
        with tracker.start_run("r") as run:
            for value in (1, 1.0, True):
                run.log_params({"p": value})
        (stored,) = tracker.read()
        assert stored.params["p"] is True

    def test_a_failed_run_that_is_resumed_and_ends_well_has_no_error(self, tracker):
        with pytest.raises(LookupError), tracker.start_run("r"):
            raise LookupError("no such thing")
        with tracker.start_run("r", resume="must"):
            pass
        (stored,) = tracker.read()
        assert (stored.status, stored.error) == (Status.FINISHED, None)
        assert library_run(tracker, stored.id).description == ""

    def test_a_resumed_run_keeps_what_it_showed_at_the_same_step(self, tracker, tmp_path):
        for shade in (1, 2):
            with tracker.start_run("r", resume="allow") as run:
                run.log_image("i", numpy.full((1, 1, 3), shade, dtype="uint8"), step=0)
                run.log_table("t", ["a"], [[shade]], step=0)
        found = list(tracker.backend.attachments(run.id, tmp_path))
        assert [PIL.Image.open(each.image).getpixel((0, 0))[0] for each in found[:2]] == [1, 2]
        assert [each.rows for each in found[2:]] == [((1,),), ((2,),)]

    def test_the_order_outlives_a_clock_that_is_set_back(self, tracker):
        records = [Metrics(number=n, time=9.0 - n, values={"b": n, "a": n}, step=9 - n) for n in range(3)]
        for _ in range(2):
            store(tracker.backend, RunSpec(name="r", project=tracker.project, resume="allow"), *records)
        (stored,) = tracker.read()
        once = [(name, 9 - n, n) for n in range(3) for name in ("b", "a")]
        assert [(point.name, point.step, point.value) for point in stored.metrics] == once * 2


def library_run(tracker, run_id):
    from aim import Repo

    return Repo.from_path(str(tracker.backend.folder)).structured_db.find_run(run_id)


KILLED = """
import os, signal, sys
from zenml_trackers import connect
from zenml_trackers.model.records import Metrics, RunSpec
backend = connect(sys.argv[1], project=sys.argv[2]).backend
sink = backend.open(RunSpec(name="r", project=sys.argv[2]), None)
sink.write([Metrics(number=0, values={"m": 1}, step=0)])
print(sink.id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


class TestLocks:
    @pytest.mark.slow
    def test_a_run_whose_process_was_killed_goes_on(self, tracker, repository):
        command = [sys.executable, "-c", KILLED, f"aim:///{repository}", tracker.project]
        run_id = subprocess.run(command, capture_output=True, text=True).stdout.strip()
        assert lock_of(tracker, run_id).exists()
        old = tracker.backend.find(run_id)
        assert (old.status, [point.value for point in old.metrics]) == (Status.RUNNING, [1])
        sink = tracker.backend.open(RunSpec(name="r", project=tracker.project), old)
        sink.write([Metrics(number=1, values={"m": 2}, step=0)])
        sink.close(Status.FAILED, RunError(type="Killed", message=""))
        (stored,) = tracker.read()
        assert (stored.id, stored.status) == (run_id, Status.FAILED)
        assert [point.value for point in stored.metrics] == [1, 2]

    @pytest.mark.parametrize("process", [os.getpid(), 1], ids=["this process", "another"])
    def test_a_run_that_somebody_writes_to_is_waited_for(self, tracker, process):
        run_id = store(tracker.backend, RunSpec(name="r", project=tracker.project))
        old = tracker.backend.find(run_id)
        with suppress(StopIteration) if process == 1 else tracker.start_run("r", resume="must"):
            if process == 1:
                lock_of(tracker, run_id).write_text(f"{uuid.getnode()}-1-{time.time()}")
            with pytest.raises(TrackerUnreachable, match="somebody else"):
                tracker.backend.open(RunSpec(name="r", project=tracker.project), old).write([])
        lock_of(tracker, run_id).unlink(missing_ok=True)
        tracker.backend.open(RunSpec(name="r", project=tracker.project), old).write([])

    @pytest.mark.parametrize(
        "content", ["", f"1-1-{time.time()}", f"{uuid.getnode()}-1-9"], ids=["empty", "another machine", "long ago"]
    )
    def test_an_old_lock_is_broken(self, tracker, content):
        run_id = store(tracker.backend, RunSpec(name="r", project=tracker.project))
        lock_of(tracker, run_id).write_text(content)
        for file in (lock_of(tracker, run_id), tracker.backend.folder / ".aim" / "meta" / "progress" / run_id):
            file.touch()
            os.utime(file, (9, 9))
        old = tracker.backend.find(run_id)
        sink = tracker.backend.open(RunSpec(name="r", project=tracker.project), old)
        sink.write([])
        sink.close(Status.FINISHED, None)
        assert not lock_of(tracker, run_id).exists()


def lock_of(tracker, run_id: str) -> Path:
    return tracker.backend.folder / ".aim" / "locks" / f"{run_id}.softlock"


def test_a_run_that_cannot_be_begun_leaves_nothing_behind(tracker, monkeypatch):
    def refused(run, uri):
        raise OSError("refused")

    monkeypatch.setattr(StepRun, "set_artifacts_uri", refused)
    with pytest.raises(OSError, match="refused"):
        tracker.backend.open(RunSpec(name="r", project=tracker.project), None).write([])
    assert list(tracker.read()) == []


class TestTheLibrary:
    @pytest.mark.slow
    def test_its_own_calls_reach_the_run_and_do_not_end_it(self, tracker):
        with tracker.start_run("r") as run:
            run.native.track(0.5, name="own", step=7, context={"subset": "val"})
            run.native["own_param"] = {"a": 1}
            run.native.close()
            run.log({"m": 1})
        (stored,) = tracker.read()
        assert {(point.name, point.step, point.value) for point in stored.metrics} == {("own", 7, 0.5), ("m", 0, 1)}
        assert stored.params == {"own_param": {"a": 1}}

    def test_its_own_places_have_the_tags_the_name_and_the_error(self, tracker):
        with pytest.raises(ValueError), tracker.start_run("a name", tags=["a", "b"]) as run:
            raise ValueError("boom")
        found = library_run(tracker, run.id)
        assert (found.name, found.description, sorted(found.tags)) == ("a name", "ValueError: boom", ["a", "b"])
        assert found.experiment == tracker.project

    def test_its_own_runs_are_read(self, tracker):
        from aim import Run

        with tracker.start_run("first"):
            pass
        own = Run(
            repo=str(tracker.backend.folder),
            experiment=tracker.project,
            system_tracking_interval=None,
            capture_terminal_logs=False,
        )
        own.name = "own"
        own.add_tag("theirs")
        own["rate"] = 0.5
        own.track(0.25, name="loss", step=2)
        own.close()
        _, stored = tracker.read()
        assert (stored.name, stored.status, stored.tags) == ("own", Status.FINISHED, frozenset({"theirs"}))
        assert (stored.params, stored.metrics[0].value) == ({"rate": 0.5}, 0.25)

    def test_a_run_that_is_over_is_locked_no_more(self, tracker):
        with tracker.start_run("r") as run:
            assert lock_of(tracker, run.id).exists()
        assert not lock_of(tracker, run.id).exists()

    def test_the_process_is_as_before(self, tracker):
        before = (sys.stdout, sys.stderr, sys.excepthook, list(logging.root.handlers))
        with tracker.start_run("r"):
            pass
        assert (sys.stdout, sys.stderr, sys.excepthook, list(logging.root.handlers)) == before

    @pytest.mark.slow
    def test_it_ends_though_the_files_of_a_run_were_taken_away(self, tmp_path):
        code = f"""
import shutil
from zenml_trackers import connect
with connect("aim:///{tmp_path}/aim", project="p", deadline=3).start_run("r") as run:
    run.log({{"m": 1}})
    run.flush(60)
    shutil.rmtree("{tmp_path}/aim/.aim")
    for number in range(100):
        run.log({{"m": number}})
"""
        assert subprocess.run([sys.executable, "-c", code], timeout=100).returncode == 0

    def test_it_is_not_imported_with_the_backend(self):
        code = "import sys, zenml_trackers.backends.aim as b; sys.exit('aim' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0


class TestUrl:
    @pytest.mark.parametrize("url", ["aim://", "aim://host/runs", "aim+http://h/x"])
    def test_a_url_without_a_folder_is_refused(self, url):
        with pytest.raises(InvalidUrl, match="aim://"):
            connect(url)

    def test_a_folder_that_can_t_be_made_is_named(self, tmp_path):
        (tmp_path / "runs").touch()
        with pytest.raises(TrackerUnreachable, match="runs"), at(tmp_path / "runs", "p").start_run("r"):
            pass

    def test_check_leaves_nothing_behind(self, tmp_path):
        assert str(tmp_path) in at(tmp_path / "runs", "p").check()
        assert list(tmp_path.iterdir()) == []

    def test_the_command_is_quoted(self, repository, tracker):
        with tracker.start_run("r") as run:
            assert run.show_command == f"aim up --repo {repository}"


@pytest.mark.parametrize("error", [KeyError(1), RocksIOError(b"No such file or directory")])
def test_a_run_whose_files_aim_rewrites_is_read_again(tracker, monkeypatch, error):
    with tracker.start_run("r") as run:
        run.log({"m": 1})
    errors = [error]

    def disturbed(*given):
        if errors:
            raise errors.pop()
        return _sequence(*given)

    monkeypatch.setattr(f"{_sequence.__module__}._sequence", disturbed)
    [stored] = tracker.read()
    assert [point.value for point in stored.metrics] == [1]
    assert errors == []


def test_a_run_that_cannot_be_read_is_told(tracker, monkeypatch):
    with tracker.start_run("r") as run:
        run.log({"m": 1})
    monkeypatch.setattr(f"{_sequence.__module__}._sequence", lambda *given: {}[1])
    with pytest.raises(TrackerError, match="can't be read: KeyError: 1"):
        list(tracker.read())
