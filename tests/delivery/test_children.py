"""What child processes of a step log arrives under its run, once, with their mark.

`ROWS=20000` has each child log so many rows.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from importlib.util import find_spec

import pytest

from tests.support import workers
from tests.support.hostile import doing, tracker
from tests.support.said import lines_in
from tests.support.trackers import connected, only_run, series
from zenml_trackers import NoActiveRun, connect, get_run
from zenml_trackers.delivery import active
from zenml_trackers.model.records import Artifact, Image, Status, Table

ROWS = int(os.environ.get("ROWS", "2000"))
MARK = re.compile(r"process-\d+/")

four_trackers = pytest.mark.parametrize("backend", ["memory", "trackio", "mlflow", "tensorboard"])


@pytest.fixture
def at(backend, tmp_path, project, monkeypatch):
    return connected(backend, tmp_path, project, monkeypatch)


@pytest.fixture
def memory(tmp_path, project, monkeypatch):
    return connected("memory", tmp_path, project, monkeypatch)


def in_python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process of its own that executes this, with the run as `run`."""
    code = f"from zenml_trackers import get_run; run = get_run()\n{code}"
    environment = {**os.environ, **variables}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)


def through_a_pool(how):
    with multiprocessing.get_context(how).Pool(2) as pool:
        return pool.map(workers.log_number, range(20), chunksize=1)


def through_an_executor(how):
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(how)) as pool:
        return list(pool.map(workers.log_number, range(20)))


def through_joblib(how):
    if find_spec("joblib") is None:
        pytest.skip("joblib is not installed here")
    from joblib import Parallel, delayed

    return Parallel(n_jobs=2, backend=how)(delayed(workers.log_number)(number) for number in range(20))


@pytest.mark.slow
class TestEachKindOfChild:
    @pytest.mark.parametrize(
        ("start", "how"),
        [
            (through_a_pool, "fork"),
            (through_a_pool, "spawn"),
            (through_an_executor, "fork"),
            (through_an_executor, "spawn"),
            (through_joblib, "loky"),
            (through_joblib, "multiprocessing"),
            (through_joblib, "threading"),
        ],
    )
    def test_its_rows_are_found_once(self, start, how, memory):
        with memory.start_run("r") as run:
            processes = Counter(start(how))
            run.log({"own": 1})
        found = series(only_run(memory))
        assert found.pop("own") == [(20 if how == "threading" else 0, 1)]
        assert sorted(value for points in found.values() for _, value in points) == list(range(20))
        if how == "threading":
            assert list(found) == ["number"]
            return
        assert set(found) == {f"process-{number}/number" for number in range(1, len(processes) + 1)}
        assert sorted(map(len, found.values())) == sorted(processes.values())
        for points in found.values():
            assert [step for step, _ in points] == list(range(len(points)))

    @pytest.mark.parametrize("how", ["fork", "spawn", "forkserver"])
    def test_a_run_can_be_passed_to_it(self, how, memory):
        with memory.start_run("r") as run, memory.start_run("another"):
            assert active.VARIABLE not in os.environ
            with multiprocessing.get_context(how).Pool(2) as pool:
                pool.map(workers.log_to, [(run, number) for number in range(4)])
        stored, another = sorted(memory.read(), key=lambda run: run.name, reverse=True)
        assert sorted(point.value for point in stored.metrics) == list(range(4))
        assert another.metrics == ()

    def test_a_child_of_a_child_is_one_too(self, memory):
        with memory.start_run("r"):
            in_python("import os\nif (child := os.fork()): os.waitpid(child, 0)\nrun.log({'m': bool(child)})")
        assert series(only_run(memory)) == {"process-1/m": [(0, 0)], "process-2/m": [(0, 1)]}

    def test_a_child_may_have_runs_of_its_own(self, memory, project):
        code = f"""
from zenml_trackers import connect
with connect("memory://{project}", project="own").start_run("inner") as inner:
    assert get_run() is inner
    inner.log({{"inner": 1}})
assert get_run() is run
run.log({{"outer": 2}})
"""
        with memory.start_run("r"):
            in_python(code)
        assert series(only_run(memory)) == {"process-1/outer": [(0, 2)]}
        assert series(only_run(connect(f"memory://{project}", project="own"))) == {"inner": [(0, 1)]}


class TestWhatIsStored:
    @four_trackers
    def test_all_kinds_arrive_under_the_steps_run(self, at, tmp_path):
        (tmp_path / "file.txt").write_text("content")
        with at.start_run("r") as run:
            run.log({"m": 0})
            child = multiprocessing.get_context("fork").Process(target=workers.log_of_all_kinds, args=[tmp_path])
            child.start()
            child.join()
        assert child.exitcode == 0
        stored = only_run(at)
        assert series(stored) == {"m": [(0, 0)], "process-1/m": [(5, 1), (6, 2)]}
        assert (stored.params, stored.tags, stored.status) == ({"worker": {"n": 1}}, {"worker"}, Status.FINISHED)
        (tmp_path / "fetched").mkdir()
        kept = attachments(at, stored, tmp_path)
        assert [each.name for each in kept if isinstance(each, Artifact)] == ["file.txt"]
        shown = {(type(each), each.name, each.step) for each in kept if not isinstance(each, Artifact)}
        assert shown == {(Image, "process-1/picture", 6), (Table, "process-1/cells", 6)}
        assert [alert.title for alert in stored.alerts] == ["hot"]

    @four_trackers
    def test_texts_have_the_mark_too(self, at, tmp_path):
        with at.start_run("r"):
            in_python("run.log_text('note', 'x'); run.log_text('note', 'y', step=3)")
        (tmp_path / "fetched").mkdir()
        kept = {each.name for each in attachments(at, only_run(at), tmp_path)}
        assert kept == {"process-1/note.txt", "process-1/note/3.txt"}

    @pytest.mark.slow
    @four_trackers
    def test_ranks_have_their_names_and_rank_0_goes_on_with_the_steps_own_series(self, at):
        code = "run.log({'m': 10}); run.log({'m': 11}, step=7); run.log({'m': 12})"
        with at.start_run("r") as run:
            run.log({"m": 1})
            run.log({"m": 2})
            for rank in range(3):
                in_python(code, RANK=str(rank))
            assert run.flush(60)
            run.log({"m": 3})
        own = [(0, 1), (1, 2), (2, 10), (7, 11), (8, 12), (9, 3)]
        ranks = {f"rank-{rank}/m": [(0, 10), (7, 11), (8, 12)] for rank in (1, 2)}
        assert series(only_run(at)) == {"m": own, **ranks}

    @pytest.mark.slow
    @four_trackers
    def test_thousands_of_rows_of_children_at_once_are_all_found_once(self, at):
        with at.start_run("r") as run, multiprocessing.get_context("fork").Pool(4) as pool:
            waiting = pool.map_async(workers.log_rows, [(f"m{number}", ROWS) for number in range(4)], chunksize=1)
            for number in range(ROWS):
                run.log({"own": number})
            waiting.get(timeout=120)
        stored = only_run(at)
        rows = {MARK.sub("", name): points for name, points in series(stored).items()}
        assert {name: [value for _, value in points] for name, points in rows.items()} == {
            name: list(range(ROWS)) for name in ("own", "m0", "m1", "m2", "m3")
        }
        steps = Counter((name.partition("/")[0], point.step) for point in stored.metrics for name in [point.name])
        assert max(steps.values()) == 1  # within a series
        assert stored.status is Status.FINISHED

    def test_rows_of_children_that_no_tracker_took_are_counted(self, said):
        def refuse(record):
            if "process-1/a" in record.values:
                raise ValueError("no")

        with tracker(doing("write", refuse)).start_run("r") as run:
            run.log({"own": 1})
            child = multiprocessing.get_context("fork").Process(target=workers.log_rows, args=[("a", 3)])
            child.start()
            child.join()
        assert "3 of the 4 rows of metrics are not stored." in "".join(text for _, text in lines_in(said))

    def test_rank_0_goes_on_where_a_resumed_run_was(self, memory):
        with memory.start_run("r") as run:
            run.log({"m": 1}, step=41)
        with memory.start_run("r", resume="must"):
            in_python("run.log({'m': 2})", RANK="0")
        assert series(only_run(memory)) == {"m": [(41, 1), (42, 2)]}


class TestWhatTheChildKnows:
    def test_of_the_run(self, memory):
        told = "import json; print(json.dumps([run.id, run.name, run.project, run.backend, run.links, run.flush(9)]))"
        with memory.start_run("r") as run:
            known = json.loads(in_python(told).stdout)
            assert known == [run.id, "r", run.project, "memory", run.links, False]

    @pytest.mark.slow
    def test_which_features_the_trackers_have(self, project, tmp_path, monkeypatch):
        with connected("mlflow", tmp_path, project, monkeypatch).start_run("r") as run:
            told = in_python("print(sorted(feature.value for feature in run.features))").stdout
            assert told.strip() == str(sorted(feature.value for feature in run.features))

    def test_the_librarys_own_run_is_refused_there_once_for_each_method(self, memory):
        with memory.start_run("r"):
            said = in_python("for _ in range(3): run.native.log_image(1); run.native.config['a'] = 1").stderr
        assert (said.count("log_image()"), said.count("config['a']")) == (1, 1)

    def test_where_there_is_no_run_any_more(self, memory, monkeypatch):
        with memory.start_run("r"):
            journal = os.environ[active.VARIABLE]
        monkeypatch.setenv(active.VARIABLE, journal)
        with pytest.raises(NoActiveRun, match="is over"):
            get_run()


def attachments(at, stored, folder):
    return list(at.backend.attachments(stored.id, folder / "fetched"))
