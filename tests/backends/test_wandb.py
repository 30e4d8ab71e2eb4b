"""W&B through `connect`, in its offline mode on real files, and its own calls in a tracked run."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy
import pytest
import wandb

from tests.support.server import answering_server
from zenml_trackers import connect
from zenml_trackers.backends.wandb.log import records
from zenml_trackers.delivery.active import VARIABLE
from zenml_trackers.errors import InvalidUrl, TokenRefused, TrackerUnreachable
from zenml_trackers.model.records import Metrics, RunError, RunSpec, Status
from zenml_trackers.model.url import TrackerUrl

KEY = "0123456789abcdef" * 2 + "01234567"
UNWRITABLE = Path("/proc/self")
"""Also for root."""


@pytest.fixture(autouse=True)
def _nothing_leaves_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    for name in ("WANDB_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture
def another_timezone():
    """Changes that of this process when it is called, until the test is over."""
    with pytest.MonkeyPatch.context() as patched:

        def change():
            patched.setenv("TZ", "Pacific/Kiritimati")
            time.tzset()

        yield change
    time.tzset()


def tracker(folder: Path, project: str = "digits"):
    return connect(f"wandb+offline:///{folder}/runs", project=project, strict=True)


@pytest.mark.skipif(not UNWRITABLE.is_dir(), reason="this system has no folder that root can't write to either")
def test_a_folder_that_cant_be_written_to_is_told_and_no_other_takes_its_place(tmp_path, monkeypatch):
    """W&B itself would write to a temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    at = connect(f"wandb+offline:///{UNWRITABLE}", project="digits", strict=True)
    with pytest.raises(TrackerUnreachable, match=str(UNWRITABLE)), at.start_run("r"):
        pass
    assert list(tmp_path.rglob("*.wandb")) == []


class TestReadBack:
    def test_an_integer_that_would_be_rounded_is_refused_by_name(self, tmp_path, caplog):
        with connect(f"wandb+offline:///{tmp_path}", project="p").start_run("r") as run:
            run.log({"large": 2**63, "good": 1})
        (stored,) = connect(f"wandb+offline:///{tmp_path}", project="p").read()
        assert [(point.name, point.value) for point in stored.metrics] == [("good", 1)]
        assert "'large'" in caplog.text

    def test_types_and_aliases_are_wandbs_own_as_far_as_it_takes_them(self, tmp_path):
        (file := tmp_path / "file").write_bytes(b"x")
        with tracker(tmp_path).start_run("r") as run:
            run.log_artifact(file, "a", type="model", aliases=["best"])
            run.log_artifact(file, "b", type="job", aliases=["v7", "a/b"])
            run.log_artifact(file, "c")
        [log] = tmp_path.rglob("run-*.wandb")
        found = [each.artifact for each in records(log) if each.HasField("artifact")]
        shown = [[name.partition("-")[0] for name in (each.type, *sorted(each.aliases))] for each in found]
        assert shown == [["model", "best", "latest"], ["_job", "_v7", "a_b", "latest"], ["artifact", "latest"]]

    def test_what_was_made_without_this_package_is_read_too(self, tmp_path):
        import wandb

        (tmp_path / "runs").mkdir()
        kept = wandb.Settings(mode="offline", root_dir=str(tmp_path / "runs"), reinit="create_new", console="off")
        with tracker(tmp_path).start_run("ours"):
            pass
        native = wandb.init(project="digits", name="native", tags=["t"], config={"lr": 0.1}, settings=kept)
        native.log({"loss": 2.5})
        native.finish(exit_code=3)
        _, stored = _settled(tmp_path, runs=2)
        assert (stored.name, stored.status, stored.tags, stored.params) == ("native", "failed", {"t"}, {"lr": 0.1})
        assert [(point.name, point.step, point.value) for point in stored.metrics] == [("loss", 0, 2.5)]


def _settled(folder: Path, runs: int):
    """W&B's process may still be writing what it was given natively."""
    for _ in range(500):
        found = list(tracker(folder).read())
        if len(found) == runs and Status.RUNNING not in [run.status for run in found]:
            break
        threading.Event().wait(0.02)
    return found


class TestNativeCalls:
    def test_they_reach_the_run_and_do_not_end_it(self, tmp_path):
        import wandb

        with tracker(tmp_path).start_run("r") as run:
            joined = wandb.init(project="elsewhere", config={"lr": 0.1})
            assert joined is wandb.run is run.native
            wandb.log({"loss": 1.0})
            wandb.config.update({"depth": 3})
            wandb.finish()
            with wandb.init():
                wandb.log({"loss": 2.0})
            run.log({"mine": 1})
        assert wandb.run is None
        (stored,) = tracker(tmp_path).read()
        assert [point.value for point in stored.metrics if point.name == "loss"] == [1.0, 2.0]
        assert (stored.status, stored.params) == (Status.FINISHED, {"lr": 0.1, "depth": 3})

    def test_each_thread_has_its_own(self, tmp_path):
        import wandb

        together = threading.Barrier(2)

        def work(name: str) -> None:
            with tracker(tmp_path).start_run(name):
                together.wait(10)
                wandb.log({name: 1})
                together.wait(10)

        threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all([point.name for point in run.metrics] == [run.name] for run in tracker(tmp_path).read())

    def test_without_a_run_they_do_nothing(self, tmp_path):
        import wandb

        with connect("wandb+offline:////dev/null/runs").start_run("r"):
            wandb.log({"loss": 1.0})
            wandb.config.lr = 0.1
            wandb.config.update({"depth": 3})
            assert wandb.init() is wandb.run
        assert wandb.run is None


class TestProcess:
    def test_the_process_is_as_it_was(self, tmp_path):
        before = (dict(os.environ), sys.excepthook, sys.exit, sys.stdout)
        with tracker(tmp_path).start_run("r"):
            variables = {name: value for name, value in os.environ.items() if name != VARIABLE}
            assert (variables, sys.excepthook, sys.exit, sys.stdout) == before
        assert (dict(os.environ), sys.excepthook, sys.exit, sys.stdout) == before

    def test_a_step_that_changes_its_timezone_keeps_all_in_one_folder(self, tmp_path, another_timezone, caplog):
        """W&B asks for the local time of the run's start whenever it names the run's folder."""
        (file := tmp_path / "file").write_bytes(b"x")
        with tracker(tmp_path).start_run("r") as run:
            run.flush()
            another_timezone()
            run.log_image("image", numpy.zeros((1, 1, 3), numpy.uint8), caption="black")
            run.log_table("table", ["a"], [[1]])
            run.log_artifact(file)
        at = tracker(tmp_path)
        (stored,) = at.read()
        kept = {each.name: each for each in at.backend.attachments(stored.id, tmp_path)}
        assert (kept["image"].caption, kept["table"].rows, kept["file"].path.read_bytes()) == ("black", ((1,),), b"x")
        assert len(list((tmp_path / "runs" / "wandb").iterdir())) == 1
        warned = [each for each in caplog.records if each.name == "zenml_trackers" and each.levelno >= logging.WARNING]
        assert warned == [], "the end was waited for in another folder"

    @pytest.mark.slow
    def test_a_run_that_is_never_ended_is_failed(self, tmp_path):
        _in_a_process(tmp_path)
        (stored,) = tracker(tmp_path).read()
        assert (stored.status, stored.error.type) == (Status.FAILED, "RunNeverEnded")
        assert [point.value for point in stored.metrics] == [0, 1, 2]

    @pytest.mark.slow
    def test_so_is_one_that_a_thread_still_writes_to(self, tmp_path):
        ending = """
import threading, time
def work():
    while True:
        sink.write([Metrics(values={"m": 3}, step=3)])
threading.Thread(target=work, daemon=True).start()
time.sleep(0.2)
"""
        assert _in_a_process(tmp_path, ending).stderr == b""
        (stored,) = tracker(tmp_path).read()
        assert (stored.status, stored.error.type) == (Status.FAILED, "RunNeverEnded")
        assert [point.value for point in stored.metrics][:4] == [0, 1, 2, 3]


def _in_a_process(folder: Path, ending: str = "") -> subprocess.CompletedProcess[bytes]:
    """Begin a run in another process, with three rows and no end."""
    code = f"""
import os, time
from zenml_trackers import connect
from zenml_trackers.model.records import Metrics, RunSpec
backend = connect("wandb+offline:///{folder}/runs", project="digits").backend
backend.load()
sink = backend.open(RunSpec(name="r", project="digits", metadata={{"a": 1}}), None)
sink.write([Metrics(values={{"m": value}}, step=value) for value in range(3)])
"""
    return subprocess.run([sys.executable, "-c", code + ending], check=False, capture_output=True)


class TestKilled:
    @pytest.mark.slow
    def test_another_process_goes_on_with_the_run_and_ends_it(self, tmp_path):
        stored = "while [len(run.metrics) for run in backend.read()] != [3]: time.sleep(0.1)"
        _in_a_process(tmp_path, f"{stored}\nos.kill(os.getpid(), 9)")
        backend = tracker(tmp_path).backend
        (left,) = backend.read()
        assert (left.status, left.metadata, [point.step for point in left.metrics]) == ("running", {"a": 1}, [0, 1, 2])
        sink = backend.open(RunSpec(name="r", project="digits"), backend.find(left.id))
        sink.write([Metrics(values={"m": 3}, step=3)])
        sink.close(Status.FAILED, RunError(type="Killed", message="by somebody"))
        (stored,) = backend.read()
        assert (stored.id, stored.metadata, [point.step for point in stored.metrics]) == (
            left.id,
            {"a": 1},
            [0, 1, 2, 3],
        )
        assert (stored.status, stored.error) == (Status.FAILED, RunError(type="Killed", message="by somebody"))

    @pytest.mark.slow
    def test_a_log_with_a_torn_end_is_read_up_to_there(self, tmp_path):
        with tracker(tmp_path).start_run("r") as run:
            for value in range(5):
                run.log({"m": value})
        (log,) = (tmp_path / "runs").rglob("*.wandb")
        (whole,) = tracker(tmp_path).read()
        content, found = log.read_bytes(), set()
        for end in range(len(content) - 1, 0, -7):
            for rest in (b"", b"\0" * 50):
                log.write_bytes(content[:end] + rest)
                for left in tracker(tmp_path).read():
                    assert left.metrics == whole.metrics[: len(left.metrics)]
                    found.add(len(left.metrics))
        assert found == set(range(6))


class TestPlaces:
    @pytest.mark.parametrize(
        ("url", "place"),
        [
            ("wandb://me/digits", ("me", "digits", None)),
            ("wandb:///digits", (None, "digits", None)),
            ("wandb://me", ("me", "default", None)),
            ("wandb://me?project=a%2Fb", ("me", "a/b", None)),
            ("wandb+https://wandb.example/me/digits", ("me", "digits", "https://wandb.example")),
            ("wandb+http://localhost:8080/digits", (None, "digits", "http://localhost:8080")),
        ],
    )
    def test_urls_name_an_entity_a_project_and_a_server(self, url, place):
        backend = connect(url).backend
        assert (backend.entity, backend.project, backend.server) == place

    @pytest.mark.parametrize(
        "url",
        [
            "wandb+offline://",
            "wandb+offline://host/runs",
            "wandb+ftp://x/y/z",
            "wandb://a/b/c",
            "wandb://a/b?color=red",
        ],
    )
    def test_urls_that_make_no_sense_are_refused(self, url):
        with pytest.raises(InvalidUrl):
            connect(url)

    def test_check_leaves_nothing_behind(self, tmp_path):
        assert str(tmp_path / "runs") in tracker(tmp_path).check()
        assert not (tmp_path / "runs").exists()

    def test_a_folder_that_cannot_be_made_is_named(self):
        with pytest.raises(TrackerUnreachable, match="/dev/null/runs"):
            connect("wandb+offline:////dev/null/runs").check()

    @pytest.mark.slow
    def test_a_closed_port_is_told_in_time(self, tmp_path):
        at = connect("wandb+http://127.0.0.1:9/me/digits", credentials={"api_key": KEY}, strict=True, deadline=8)
        settings = wandb.setup().settings
        before = (settings.api_key, settings.base_url)
        with pytest.raises(TrackerUnreachable):
            at.check()
        with pytest.raises(TrackerUnreachable), at.start_run("r"):
            pass
        assert KEY not in str(dict(os.environ))
        assert (settings.api_key, settings.base_url) == before

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("status", "told"),
        [
            (401, "it gave no reason, and may refuse the API key"),
            (500, "Timed out while retrying: HTTP 500"),
        ],
    )
    def test_what_a_server_answers_is_told_in_one_line(self, status, told):
        with answering_server(status) as url:
            at = connect(f"wandb+{url}", project="p", credentials={"api_key": KEY}, strict=True, deadline=8)
            with pytest.raises(TrackerUnreachable) as refusal, at.start_run("r"):
                pass
        assert str(refusal.value) == f"W&B could not be reached: {told}"

    def test_a_key_that_is_none_is_refused_by_name(self):
        with pytest.raises(TokenRefused):
            connect("wandb+http://127.0.0.1:9/me/digits", credentials={"api_key": "no key"}).check()

    def test_the_command_shows_the_run(self, tmp_path):
        with tracker(tmp_path, "a b").start_run("r") as run:
            assert run.show_command.startswith("wandb leet ")
            assert run.id in run.show_command

    def test_the_library_is_not_loaded_before_the_first_run(self):
        code = "import sys, zenml_trackers; zenml_trackers.connect('wandb:///p'); assert 'wandb' not in sys.modules"
        subprocess.run([sys.executable, "-c", code], check=True)

    def test_the_url_survives_its_own_text(self):
        url = TrackerUrl.parse("wandb+offline:////data/my runs?project=a/b")
        assert TrackerUrl.parse(str(url)) == url
