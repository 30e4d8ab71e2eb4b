"""Artifacts of earlier runs that a run uses, on every tracker."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.support import direct, trackers, workers
from tests.support.artifacts import log, written
from tests.support.hostile import Collecting, Hostile, tracker
from tests.support.made import put
from tests.support.said import warnings_in
from tests.support.server import TOKEN, free_port, trackio_server
from zenml_trackers import connect, get_run
from zenml_trackers.backends.memory import MemoryBackend
from zenml_trackers.errors import ArtifactNotFound, RunEnded, TrackerUnreachable, UnsupportedFeature
from zenml_trackers.model.records import Feature
from zenml_trackers.testing import mlflow_serve


@trackers.every_tracker
def test_the_artifacts_of_other_runs_are_used(backend, tmp_path, project, monkeypatch, said):
    at = trackers.connected(backend, tmp_path, project, monkeypatch)
    first = log(at, tmp_path, "models/net.bin", b"first", aliases=["best"])
    second = log(at, tmp_path, "models/net.bin", b"second")
    log(at, tmp_path, "other", b"other", run="else")
    with at.start_run("evaluate") as run:
        latest = run.use_artifact("models/net.bin")
        texts = {
            "latest": latest.read_bytes(),
            "named": run.use_artifact("models/net.bin:latest").read_bytes(),
            "alias": run.use_artifact("models/net.bin:best").read_bytes(),
            "same": run.use_artifact("models/net.bin", alias="best").read_bytes(),
            "id": run.use_artifact("models/net.bin", run=first).read_bytes(),
            "run": run.use_artifact("other", run="else").read_bytes(),
        }
    assert latest.name == "net.bin"
    assert not latest.exists()
    assert texts == {
        "latest": b"second",
        "named": b"second",
        "alias": b"first",
        "same": b"first",
        "id": b"first",
        "run": b"other",
    }
    *_, stored = at.read()
    assert [(each.name, each.alias, each.run, each.run_name) for each in stored.used][:3] == [
        ("models/net.bin", "", second, "train"),
        ("models/net.bin", "best", first, "train"),
        ("models/net.bin", "", first, "train"),
    ]
    assert {each.tracker for each in stored.used} == {at.backend.url}
    assert warnings_in(said) == []


@trackers.every_tracker
def test_a_run_uses_what_it_just_logged(backend, tmp_path, project, monkeypatch):
    at = trackers.connected(backend, tmp_path, project, monkeypatch)
    log(at, tmp_path, "tree", b"an earlier one")
    tree, to = tmp_path / "tree", tmp_path / "used"
    written(tree, "deep/a.txt", b"abc")
    with at.start_run() as run:
        run.log_artifact(tree, aliases=["mine"])
        used = run.use_artifact("tree", "mine", to=to)
        assert run.use_artifact("tree", to=to) == used == to / "tree"
        assert list(to.iterdir()) == [used]
    assert {str(file.relative_to(used)): file.read_bytes() for file in used.rglob("*") if file.is_file()} == {
        "deep/a.txt": b"abc"
    }


@trackers.every_tracker
def test_what_is_not_there_is_told_with_what_is(backend, tmp_path, project, monkeypatch):
    at = trackers.connected(backend, tmp_path, project, monkeypatch)
    with at.start_run() as run, pytest.raises(ArtifactNotFound, match=f"'model' in the project '{project}'.*none"):
        run.use_artifact("model")
    log(at, tmp_path, "model", b"", aliases=["best"])
    with at.start_run() as run:
        with pytest.raises(ArtifactNotFound, match=r"the only one is model\. Did you mean 'model'"):
            run.use_artifact("modle")
        with pytest.raises(ArtifactNotFound, match=r"'model' with the alias 'bset'.*Did you mean 'best'"):
            run.use_artifact("model:bset")
        with pytest.raises(ArtifactNotFound, match=r"of a run 'nobody'.*no such run"):
            run.use_artifact("model", run="nobody")


def test_a_name_with_a_colon_comes_before_an_alias(project, tmp_path):
    at = connect(f"memory://{project}")
    log(at, tmp_path, "a:b", b"the name")
    log(at, tmp_path, "a", b"the alias", aliases=["b"])
    with at.start_run() as run:
        assert run.use_artifact("a:b").read_bytes() == b"the name"
        assert run.use_artifact("a", "b").read_bytes() == b"the alias"


def test_a_copy_that_can_not_be_written_is_told(project, tmp_path):
    at = connect(f"memory://{project}")
    log(at, tmp_path, "a", b"a")
    with at.start_run() as run, pytest.raises(Exception, match=r"given\.bin") as raised:
        run.use_artifact("a", to=tmp_path / "given.bin")
    assert type(raised.value).__module__ == "zenml_trackers.errors"
    with pytest.raises(RunEnded):
        run.use_artifact("a")


class Hanging(Hostile):
    """Keeps artifacts, and takes a minute to read."""

    features = frozenset(Feature)

    def __init__(self):
        super().__init__(Collecting())

    def read(self):
        time.sleep(60)
        return super().read()


class TestSlowTrackers:
    def test_one_that_hangs_is_given_up(self):
        with tracker(Hanging(), deadline=1.0).start_run() as run:
            began = time.monotonic()
            with pytest.raises(TrackerUnreachable, match="fetching the artifact 'model' took longer than"):
                run.use_artifact("model")
            assert time.monotonic() - began < 30

    def test_one_that_gets_on_is_waited_for(self, project, tmp_path):
        class Slow(MemoryBackend):
            def read(self):
                for run in super().read():
                    time.sleep(0.6)
                    yield run

        memory = connect(f"memory://{project}")
        for number in range(4):
            log(memory, tmp_path, "model", bytes([number]))
        with tracker(Slow(project, memory.project), deadline=1.5).start_run() as run:
            assert run.use_artifact("model").read_bytes() == b"\x03"


def test_what_the_tracker_shows_a_moment_later_is_waited_for(project, tmp_path):
    class Late(MemoryBackend):
        looks = 0

        def read(self):
            self.looks += 1
            runs = list(super().read())
            return iter(runs if self.looks > 3 else runs[:-1])

    memory = connect(f"memory://{project}")
    log(memory, tmp_path, "model", b"an earlier one")
    late = Late(project, memory.project)
    with tracker(late).start_run() as run:
        run.log_artifact(written(tmp_path, "new.bin", b"new"), "model")
        assert run.use_artifact("model").read_bytes() == b"new"
    assert late.looks == 4


class TestSeveralTrackers:
    def test_it_comes_from_the_first_that_has_it(self, project, tmp_path):
        urls = [f"memory://{project}-{number}" for number in range(2)]
        both, last = connect(urls), connect(urls[1])
        log(both, tmp_path, "both", b"both")
        log(last, tmp_path, "last", b"last")
        with both.start_run("user") as run:
            assert (run.use_artifact("both").read_bytes(), run.use_artifact("last").read_bytes()) == (b"both", b"last")
            with pytest.raises(ArtifactNotFound, match=rf"{project}-0.*only one is both"):
                run.use_artifact("nothing")
        for url in urls:
            *_, stored = connect(url).read()
            assert [(each.name, each.tracker) for each in stored.used] == [("both", urls[0]), ("last", urls[1])]

    def test_one_that_can_not_be_read_is_told_if_no_other_has_it(self, project, tmp_path):
        memory = connect(f"memory://{project}")
        log(memory, tmp_path, "model", b"m")
        with tracker(Hanging(), memory.backend, deadline=1.0).start_run() as run:
            assert run.use_artifact("model").read_bytes() == b"m"
            with pytest.raises(TrackerUnreachable):
                run.use_artifact("nothing")

    def test_one_that_keeps_none_is_passed_over(self, project, tmp_path):
        memory = connect(f"memory://{project}")
        with tracker(Hostile(Collecting()), memory.backend).start_run() as run:
            run.log_artifact(written(tmp_path, "a", b"a"))
            assert run.use_artifact("a").read_bytes() == b"a"
        with tracker(Hostile(Collecting())).start_run() as run, pytest.raises(UnsupportedFeature, match="artifacts"):
            run.use_artifact("a")


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_a_child_process_logs_labels_and_is_refused_what_is_used(how, project, tmp_path):
    memory = connect(f"memory://{project}", deadline=2)
    with memory.start_run() as run, ProcessPoolExecutor(1, mp_context=get_context(how)) as pool:
        run.log_artifact(written(tmp_path, "a", b"an earlier one"))
        refused = pool.submit(workers.use_artifacts, written(tmp_path, "a", b"a")).result()
        assert run.use_artifact("a", "of a child").read_bytes() == run.use_artifact("a").read_bytes() == b"a"
    assert "the step's own process" in refused
    [artifact] = trackers.only_run(memory).artifacts
    assert (artifact.type, artifact.aliases) == ("model", ("of a child",))


def test_a_step_uses_what_another_one_logged(project, tmp_path):
    component, found = direct.tracker(project=project), []
    file = written(tmp_path, "a", b"a")
    direct.run_step(component, direct.info(), lambda: get_run().log_artifact(file, aliases=["best"]))
    direct.run_step(component, direct.info("test"), lambda: found.append(get_run().use_artifact("a:best").read_bytes()))
    assert found == [b"a"]
    train, test = connect(f"trackio:///{project}").read()
    assert [(each.name, each.run) for each in test.used] == [("a", train.id)]


class TestServers:
    @pytest.fixture(params=["trackio", "mlflow"])
    def at(self, request, tmp_path, project, monkeypatch):
        port = free_port()
        monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        if request.param == "trackio":
            with trackio_server(tmp_path, port):
                url = f"trackio+http://127.0.0.1:{port}"
                yield connect(url, project=project, credentials={"api_key": TOKEN}, deadline=60)
        else:
            put("mlflow", tmp_path / "server" / mlflow_serve.FILE)
            process = mlflow_serve.start(tmp_path / "server", port)
            yield connect(f"mlflow+http://127.0.0.1:{port}", project=project, deadline=60)
            mlflow_serve.stop(process)

    @pytest.mark.slow
    def test_one_alone_is_fetched(self, at, tmp_path):
        tree = tmp_path / "tree"
        written(tree, "deep/a.txt", b"abc")
        with at.start_run("train") as run:
            run.log_artifact(tree, "data/tree", aliases=["best"])
            run.log_artifact(written(tmp_path, "w.bin", b"12"), "data/w.bin")
            assert run.use_artifact("data/w.bin").read_bytes() == b"12"
        with at.start_run("evaluate") as run:
            used = run.use_artifact("data/tree:best")
            assert [file.read_bytes() for file in used.rglob("*") if file.is_file()] == [b"abc"]
        (fetched := tmp_path / "fetched").mkdir()
        stored = next(iter(at.read()))
        assert at.backend.artifact(stored.id, "data/tree", fetched).is_dir()
        assert [file.name for file in fetched.rglob("*") if file.is_file()] == ["a.txt"]
