"""Comet through `connect`, in its offline mode on real archives, and its own calls in a tracked run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from zenml_trackers import connect
from zenml_trackers.errors import InvalidUrl, TrackerUnreachable
from zenml_trackers.model.records import Metrics, RunError, RunSpec, Status
from zenml_trackers.port.backend import Backend


def tracker(folder: Path, project: str = "digits"):
    return connect(f"comet+offline:///{folder}/runs", project=project, strict=True)


class TestReadBack:
    @pytest.mark.slow
    def test_what_was_made_without_this_package_is_read_too(self, tmp_path):
        import comet_ml

        native = comet_ml.OfflineExperiment(project_name="digits", offline_directory=str(tmp_path / "runs"))
        native.set_name("native")
        native.log_parameter("lr", 0.1)
        native.add_tag("t")
        native.log_metric("loss", 2.5, step=4)
        native.end()
        (stored,) = tracker(tmp_path).read()
        assert (stored.name, stored.status, stored.tags) == ("native", Status.FINISHED, {"t"})
        assert stored.params["lr"] == 0.1
        assert [(point.step, point.value) for point in stored.metrics if point.name == "loss"] == [(4, 2.5)]


@pytest.mark.slow
class TestKilled:
    def test_another_process_goes_on_with_the_run_and_ends_it(self, tmp_path):
        from comet_ml.schemas import get_experiment_file_validator

        _in_a_process(tmp_path, "time.sleep(1)\nos.kill(os.getpid(), 9)")
        (messages,) = (tmp_path / "runs").glob("*/messages.json")
        first, *others = messages.read_text().splitlines(keepends=True)
        messages.write_text("".join([first, f"{others[0][:20]}{others[0]}", *others, '{"type": "metric_msg", "payl']))
        backend = tracker(tmp_path).backend
        (left,) = backend.read()
        assert (left.status, left.metadata, [point.step for point in left.metrics]) == ("running", {"a": 1}, [0, 1, 2])
        _go_on(backend, left.id)
        (stored,) = backend.read()
        assert (stored.id, stored.metadata, [point.step for point in stored.metrics]) == (
            left.id,
            {"a": 1},
            [0, 1, 2, 3],
        )
        assert (stored.status, stored.error) == (Status.FAILED, RunError(type="Killed", message="by somebody"))
        kept = list((tmp_path / "runs").iterdir())
        assert len(kept) == 2
        for path in kept:  # as `comet upload` takes it
            with zipfile.ZipFile(path) as archive:
                get_experiment_file_validator().validate(json.loads(archive.read("experiment.json")))
                assert list(map(json.loads, archive.read("messages.json").splitlines()))

    def test_what_somebody_still_writes_to_is_left_alone(self, tmp_path):
        backend = tracker(tmp_path).backend
        backend.load()
        sink = backend.open(RunSpec(name="r", project="digits"), None)
        sink.write([])
        _go_on(backend, sink.id)
        sink.write([Metrics(values={"m": 4}, step=4)])
        sink.close(Status.FINISHED, None)
        (stored,) = backend.read()
        assert ([point.step for point in stored.metrics], stored.status) == ([4, 3], Status.FAILED)

    def test_a_run_that_is_never_ended_is_failed(self, tmp_path):
        _in_a_process(tmp_path)
        (stored,) = tracker(tmp_path).read()
        assert (stored.status, stored.error.type) == (Status.FAILED, "RunNeverEnded")
        assert [point.value for point in stored.metrics] == [0, 1, 2]


def _in_a_process(folder: Path, ending: str = "") -> None:
    """Begin a run in another process, with three rows and no end."""
    code = f"""
import os, time
from zenml_trackers import connect
from zenml_trackers.model.records import Metrics, RunSpec
backend = connect("comet+offline:///{folder}/runs", project="digits").backend
backend.load()
sink = backend.open(RunSpec(name="r", project="digits", metadata={{"a": 1}}), None)
sink.write([Metrics(values={{"m": value}}, step=value) for value in range(3)])
"""
    subprocess.run([sys.executable, "-c", code + ending], check=False, capture_output=True)


def _go_on(backend: Backend, run_id: str) -> None:
    sink = backend.open(RunSpec(name="r", project="digits"), backend.find(run_id))
    sink.write([Metrics(values={"m": 3}, step=3)])
    sink.close(Status.FAILED, RunError(type="Killed", message="by somebody"))


class TestNativeCalls:
    def test_they_reach_the_run_and_do_not_end_it(self, tmp_path):
        import comet_ml

        with tracker(tmp_path).start_run("r") as run:
            joined = comet_ml.start(project_name="elsewhere")
            assert joined is comet_ml.get_running_experiment() is run.native
            joined.log_metric("loss", 1.0, step=0)
            comet_ml.end()
            joined.end()
            joined.log_metric("loss", 2.0, step=1)
        assert comet_ml.get_running_experiment() is not joined
        (stored,) = tracker(tmp_path).read()
        assert [point.value for point in stored.metrics] == [1.0, 2.0]
        assert stored.status is Status.FINISHED

    def test_each_thread_has_its_own(self, tmp_path):
        import comet_ml

        together = threading.Barrier(2)

        def work(name: str) -> None:
            with tracker(tmp_path).start_run(name):
                together.wait(10)
                comet_ml.get_running_experiment().log_metric(name, 1)
                together.wait(10)

        threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all([point.name for point in run.metrics] == [run.name] for run in tracker(tmp_path).read())

    @pytest.mark.slow
    def test_an_experiment_of_the_users_own_goes_on(self, tmp_path):
        import comet_ml

        own = comet_ml.OfflineExperiment(project_name="own", offline_directory=str(tmp_path / "own"))
        with tracker(tmp_path).start_run("r"):
            assert comet_ml.get_running_experiment() is not own
        assert comet_ml.get_running_experiment() is own
        assert own.alive
        own.end()

    def test_without_a_run_they_do_nothing(self):
        import comet_ml

        with connect("comet+offline:////dev/null/runs").start_run("r"):
            comet_ml.start().log_metric("loss", 1.0)
            comet_ml.end()


class TestPlaces:
    @pytest.mark.parametrize(
        ("url", "place"),
        [
            ("comet://me/digits", ("me", "digits")),
            ("comet:///digits", (None, "digits")),
            ("comet://me?project=a%2Fb", ("me", "a/b")),
            ("comet://me", ("me", "default")),
        ],
    )
    def test_urls_name_a_workspace_and_a_project(self, url, place):
        backend = connect(url).backend
        assert (backend.workspace, backend.project) == place

    @pytest.mark.parametrize(
        "url", ["comet+offline://", "comet+offline://host/runs", "comet+http://x/y", "comet://a/b/c", "comet://a/b?x=1"]
    )
    def test_urls_that_make_no_sense_are_refused(self, url):
        with pytest.raises(InvalidUrl):
            connect(url)

    def test_check_leaves_nothing_behind(self, tmp_path):
        assert str(tmp_path / "runs") in tracker(tmp_path).check()
        assert not (tmp_path / "runs").exists()

    def test_a_folder_that_cannot_be_made_is_named(self):
        with pytest.raises(TrackerUnreachable, match="/dev/null/runs"):
            connect("comet+offline:////dev/null/runs").check()

    def test_the_command_names_the_archive(self, tmp_path):
        with tracker(tmp_path).start_run("r") as run:
            command, archive = run.show_command.rsplit(" ", 1)
        assert command == "comet upload"
        assert zipfile.is_zipfile(archive)

    @pytest.mark.slow
    def test_the_process_is_as_it_was_also_the_first_time(self, tmp_path):
        code = f"""
import os, sys
import zenml_trackers
assert "comet_ml" not in sys.modules
at = zenml_trackers.connect("comet+offline:///{tmp_path}/runs", strict=True)
before = (dict(os.environ), sys.excepthook, sys.stdout, sys.stderr)
with at.start_run("r"):
    variables = {{name: value for name, value in os.environ.items() if name != "ZENML_TRACKERS_RUN"}}
    assert (variables, sys.excepthook, sys.stdout, sys.stderr) == before
assert (dict(os.environ), sys.excepthook, sys.stdout, sys.stderr) == before
assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("comet_ml")]
"""
        subprocess.run([sys.executable, "-c", code], check=True)
        assert "COMET_API_KEY" not in os.environ
