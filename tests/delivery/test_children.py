"""What child processes of a step log arrives under its run, once, with their mark; what comes too late is said.

`ROWS=20000` has each child log so many rows, `RACES=200` has so many runs end while a child logs.
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
from tests.support.journals import folders, soon
from tests.support.said import lines_in
from tests.support.trackers import connected, only_run, url_of
from zenml_trackers import NoActiveRun, connect, get_run
from zenml_trackers.delivery import active
from zenml_trackers.errors import RunEnded
from zenml_trackers.model.records import Artifact, Image, Status, Table

ROWS = int(os.environ.get("ROWS", "2000"))
RACES = int(os.environ.get("RACES", "20"))
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


def series(run):
    """Steps and values by the names of the metrics."""
    found = {}
    for point in run.metrics:
        found.setdefault(point.name, []).append((point.step, point.value))
    return found


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


LATE = """
import sys
print("ready", flush=True)
sys.stdin.read()
run.log({"late": 1})
run.log({"later": 2})
run.log_artifact(sys.argv[0] or "/etc/hostname")
"""
RACE = """
from zenml_trackers.errors import RunEnded
number = 0
try:
    while True:
        run.log({"m": number})
        number += 1
        if number == 50: print("ready", flush=True)
except RunEnded:
    print(number)
"""


def begun(code: str) -> subprocess.Popen[str]:
    """A child that is ready."""
    command = [sys.executable, "-c", f"from zenml_trackers import get_run; run = get_run()\n{code}"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    child = subprocess.Popen(command, text=True, **pipes)
    assert child.stdout.readline() == "ready\n"
    return child


class TestTooLate:
    def test_one_warning_names_what_is_lost(self, memory):
        with memory.start_run("r") as run:
            run.log({"m": 1})
            child = begun("run.log({'in time': 1})" + LATE)
        _, said = child.communicate("")
        assert child.returncode == 0
        assert said.count("lost") == 1
        assert "'late'" in said
        assert "the run is over" in said
        assert set(series(only_run(memory))) == {"m", "process-1/in time"}
        assert folders() == []

    def test_a_journal_that_stays_takes_nothing_more(self, tmp_path, journals):
        blocked = tmp_path / "blocked"
        blocked.touch()
        with connect(f"mlflow+sqlite:///{blocked}/runs.db", deadline=0.5).start_run("r") as run:
            run.log({"m": 1})
            child = begun(LATE)
        size = lambda: (next(journals.iterdir()) / "records.jsonl").stat().st_size  # noqa: E731
        before = size()
        _, said = child.communicate("")
        assert said.count("'late'") == said.count("lost") == 1
        assert size() == before

    @pytest.mark.slow
    def test_whatever_the_moment_what_was_not_refused_is_stored(self, memory, project):
        for number in range(RACES):
            at = connect(f"memory://{project}", project=f"p{number}", strict=True)
            with at.start_run("r"):
                child = begun(RACE)
            taken = int(child.communicate()[0])
            assert [point.value for point in only_run(at).metrics] == list(range(taken))

    def test_strict_holds_in_children_too(self, project):
        with connect(f"memory://{project}", strict=True).start_run("r"):
            child = begun(LATE)
        _, said = child.communicate("")
        assert child.returncode == 1
        assert RunEnded.__name__ in said


KILLED = """
import multiprocessing, os, signal, sys
from tests.support import workers
from zenml_trackers import connect
with connect(sys.argv[1], project=sys.argv[2]).start_run("killed") as run:
    run.log({"own": 1})
    with multiprocessing.get_context("fork").Pool(2) as pool:
        waiting = pool.map_async(workers.log_rows, [("a", 3000), ("b", 3000)], chunksize=1)
        waiting.get(timeout=float(sys.argv[3])) if float(sys.argv[3]) > 1 else waiting.wait(float(sys.argv[3]))
        for child in multiprocessing.active_children():
            os.kill(child.pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
@four_trackers
@pytest.mark.parametrize("seconds", ["0.3", "60"])
def test_what_children_of_a_killed_step_logged_is_delivered_once(
    backend, seconds, tmp_path, project, monkeypatch, journals
):
    url = url_of(backend, tmp_path, project, monkeypatch)
    done = subprocess.run([sys.executable, "-c", KILLED, url, project, seconds], check=False)
    assert done.returncode < 0
    at = connect(url, project=project)
    for _ in range(5):
        with at.start_run("next"):
            pass
        if not folders():
            break
    assert folders() == []
    [stored] = [run for run in at.read() if run.name == "killed"]
    found = series(stored)
    assert found.pop("own") == [(0, 1)]
    assert stored.status is Status.FAILED
    for points in found.values():
        assert points == [(number, number) for number in range(len(points))]
    if seconds == "60":
        assert sorted(map(len, found.values())) == [3000, 3000]


def test_a_child_that_outlives_a_killed_step_is_told_once_its_journal_is_delivered(project, tmp_path):
    code = f"""
import os, signal, subprocess, sys
from zenml_trackers import connect
with connect("memory://{project}").start_run("killed") as run:
    log = "from zenml_trackers import get_run; import sys, time; run = get_run()\\n"
    log += "for number in range(2000): run.log({{'m': number}}); time.sleep(0.005)"
    told = open({str(tmp_path / "told")!r}, "w")
    child = subprocess.Popen([sys.executable, "-c", log], stdout=told, stderr=told)
    print(child.pid, flush=True)
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        [folder] = folders()
        assert soon(lambda: (folder / "records.jsonl").stat().st_size > 0)
        parent.communicate("")
    with connect(f"memory://{project}").start_run("next"):
        pass
    assert soon(lambda: "lost" in (tmp_path / "told").read_text())
    os.kill(child, 9)
    assert "the run is over" in (tmp_path / "told").read_text()
    [stored] = [run for run in connect(f"memory://{project}").read() if run.name == "killed"]
    values = [point.value for point in stored.metrics]
    assert values == list(range(len(values)))
    assert values
    assert folders() == []


def attachments(at, stored, folder):
    return list(at.backend.attachments(stored.id, folder / "fetched"))
