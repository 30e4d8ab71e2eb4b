"""A step of a stack with several experiment trackers: `get_run()` reaches all that the step names."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy
import pytest

from tests.support import workers
from tests.support.pipelines import stack_of
from tests.support.several import all_of_them, one_of_them, points, stored, tracked
from zenml_trackers import NoActiveRun, Run, UnsupportedFeature, connect, get_run
from zenml_trackers.backends.memory import MemoryBackend
from zenml_trackers.delivery import active
from zenml_trackers.errors import TrackerError
from zenml_trackers.model.records import Artifact, Image, Table
from zenml_trackers.zenml import compat

pytestmark = pytest.mark.skipif(not compat.holds_several_trackers(), reason="a stack of this ZenML has one tracker")


@pytest.fixture
def places(zenml_store: Path, project: str) -> dict[str, str]:
    """The trackers' URLs, by the names of their components."""
    urls = {name: f"memory://{project}-{name}" for name in ("first", "second")}
    stack_of(**{name: {"url": url} for name, url in urls.items()})
    return urls


def log_all_kinds() -> None:
    tracked = get_run()
    tracked.log({"loss": 1})
    tracked.log({"train": {"loss": 0.5}}, step=4.0)
    tracked.log_metric("loss", 0.25)
    tracked.log_params({"lr": 0.1})
    tracked.add_tags("good")
    tracked.log_artifact(__file__, "code.py")
    tracked.log_image("picture", numpy.zeros((4, 4, 3), dtype="uint8"))
    tracked.log_table("cells", ["a"], [[1]])
    tracked.log_text("note", "text", step=2)
    tracked.alert("hot")
    tracked.summary["best"] = 0.25
    assert tracked.use_artifact("code.py").read_bytes() == Path(__file__).read_bytes()
    with tracked.child("fold", tags=["cv"]) as child:
        assert get_run() is child
        child.log({"inner": 1})
        get_run("second").log({"own": 2})
    assert get_run() is tracked
    assert tracked.flush(60)


@pytest.mark.slow
class TestAll:
    def test_each_has_all_that_is_logged(self, places, tmp_path):
        tracked(log_all_kinds)
        for url in places.values():
            parent, child = sorted(stored(url), key=lambda found: found.name == "fold")
            assert points(parent) == [("loss", 0, 1), ("train/loss", 4, 0.5), ("loss", 5, 0.25)]
            assert parent.params == {"lr": 0.1}
            assert {"good"} <= parent.tags
            assert [alert.title for alert in parent.alerts] == ["hot"]
            assert (parent.summary, [used.name for used in parent.used]) == ({"best": 0.25}, ["code.py"])
            assert (child.parent, points(child)[0]) == (parent.id, ("inner", 0, 1))
            kept = connect(url, project=all_of_them.name).backend.attachments(parent.id, tmp_path)
            found = {(type(each), each.name, each.step) for each in kept}
            assert {(Image, "picture", 5), (Table, "cells", 5)} < found
            assert {"code.py", "note/2.txt"} == {name for kind, name, _ in found if kind is Artifact}
        first, second = (next(run for run in stored(url) if run.parent) for url in places.values())
        assert (points(first)[1:], points(second)[1:]) == ([], [("own", 1, 2)])

    def test_what_is_known_of_it_is_of_the_first_and_its_links_are_of_all(self, places):
        def known():
            both, first, second = get_run(), get_run("first"), get_run("second")
            assert get_run() is both
            both.summary["best"] = 1
            return {
                "is a run": isinstance(both, Run),
                "first": (both.id, both.name, both.url, both.native, both.project) == _known(first),
                "links": (both.links["first_run_id"], both.links["second_run_id"]) == (first.id, second.id),
                "status": both.status.value,
                "rows": both.rows,
                "summary": [*first.summary, *second.summary],
            }

        first = {
            "is a run": True,
            "first": True,
            "links": True,
            "status": "running",
            "rows": 0,
            "summary": ["best", "best"],
        }
        assert tracked(known) == first

    def test_one_tracker_is_logged_to_alone_and_does_not_count_for_the_other(self, places):
        def log():
            for number in range(2):
                get_run("first").log({"m": number})
                get_run("second").log({"m": number})
            get_run("second").log({"m": 2})
            get_run().log({"both": 3})
            get_run("first").log({"m": 4})

        tracked(log)
        first, second = (points(stored(url)[0]) for url in places.values())
        assert first == [("m", 0, 0), ("m", 1, 1), ("both", 3, 3), ("m", 4, 4)]
        assert second == [("m", 0, 0), ("m", 1, 1), ("m", 2, 2), ("both", 3, 3)]

    def test_a_name_that_is_none_is_told_with_those_that_there_are(self, places):
        def ask():
            with pytest.raises(NoActiveRun) as refusal:
                get_run("third")
            return str(refusal.value)

        assert tracked(ask) == "No tracker of this step is called 'third'; there are: 'first', 'second'."

    def test_a_step_that_names_one_has_its_run_itself(self, places):
        def ask():
            found = get_run()
            assert get_run("second") is found
            found.log({"m": 1})
            with pytest.raises(NoActiveRun, match="there are: 'second'"):
                get_run("first")
            return found.links

        assert not any(key.startswith("second_") for key in tracked(ask, one_of_them))
        assert stored(places["first"], one_of_them) == []
        assert points(stored(places["second"], one_of_them)[0]) == [("m", 0, 1)]

    def test_threads_find_the_same_and_no_row_has_the_step_of_another(self, places):
        def log():
            both = get_run()
            with ThreadPoolExecutor(8) as pool:
                assert all(pool.map(lambda _: get_run() is both, range(8)))
                list(pool.map(lambda number: get_run().log({"m": number}), range(400)))

        tracked(log)
        first, second = (points(stored(url)[0]) for url in places.values())
        assert first == second
        assert [at for _, at, _ in first] == list(range(400))

    def test_children_in_threads_have_their_own_each(self, places):
        def trial(number):
            with get_run().child(f"trial-{number}") as child:
                assert get_run() is child
                child.log({"number": number})

        def log():
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(trial, range(8)))

        tracked(log)
        for url in places.values():
            found = {run.name: points(run) for run in stored(url) if run.parent}
            assert found == {f"trial-{number}": [("number", 0, number)] for number in range(8)}
        assert active.entries() == []

    def test_a_child_that_fails_is_failed_in_each(self, places):
        def fail():
            with pytest.raises(ValueError, match="diverged"), get_run().child("fold"):
                raise ValueError("diverged")

        tracked(fail)
        for url in places.values():
            [child] = [run for run in stored(url) if run.parent]
            assert (child.status.value, child.error.message) == ("failed", "diverged")


class TestOtherProcesses:
    @pytest.mark.slow
    @pytest.mark.parametrize("how", ["fork", "spawn"])
    def test_started_ones_reach_all_trackers(self, places, how):
        def log():
            child = multiprocessing.get_context(how).Process(target=workers.log_number, args=[7])
            child.start()
            child.join()
            get_run().log({"number": 8})

        tracked(log)
        for url in places.values():
            assert sorted(points(stored(url)[0])) == [("number", 0, 8), ("process-1/number", 0, 7)]

    @pytest.mark.slow
    def test_they_can_ask_for_one_by_its_name(self, places):
        code = "from zenml_trackers import get_run; get_run('second').log({'m': 1}); print(get_run().links)"

        def log():
            return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

        told = tracked(log)
        first, second = (stored(url)[0] for url in places.values())
        assert (points(first), points(second)) == ([], [("process-1/m", 0, 1)])
        assert first.id in told
        assert second.id in told

    @pytest.mark.slow
    @pytest.mark.parametrize("how", ["fork", "spawn"])
    def test_it_can_be_passed_to_them(self, places, how):
        def log():
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(how)) as pool:
                list(pool.map(workers.log_to, [(get_run(), 1), (get_run("second"), 2)]))

        tracked(log)
        first, second = (stored(url)[0] for url in places.values())
        assert points(first) == [("process-1/number", 0, 1)]
        assert points(second) == [("process-1/number", 0, 1), ("process-1/number", 1, 2)]


class TestTrouble:
    def test_a_value_that_no_tracker_can_hold_is_told_once_and_the_rest_reaches_all(self, places, said):
        tracked(lambda: get_run().log({"good": 1, "bad": "text"}))
        assert [points(stored(url)[0]) for url in places.values()] == [[("good", 0, 1)]] * 2
        [warning] = [record.getMessage() for record in said.records if "'bad'" in record.getMessage()]
        assert warning.startswith("first, second, run ")

    def test_a_strict_one_raises_after_the_other_has_it(self, zenml_store, project, tmp_path):
        urls = {name: f"memory://{project}-{name}" for name in ("first", "second")}
        stack_of(first={"url": urls["first"], "strict": True}, second={"url": urls["second"]})

        def log():
            with pytest.raises(TrackerError, match="nothing at"):
                get_run().log_artifact(tmp_path / "gone")
            with pytest.raises(TrackerError, match="'m'"):
                get_run().log({"m": "text"})
            get_run().log({"m": 1})

        tracked(log)
        assert [points(stored(url)[0]) for url in urls.values()] == [[("m", 0, 1)]] * 2

    def test_what_one_has_not_the_other_gets_and_it_is_told_by_name(self, places, said, tmp_path, monkeypatch):
        def log():
            get_run("first").features = frozenset()
            with pytest.raises(UnsupportedFeature):
                get_run("first").log_text("note", "text")
            for _ in range(2):
                get_run().log_text("note", "text")

        tracked(log)
        first, second = (_names_kept(url, tmp_path) for url in places.values())
        assert (first, second) == ([], ["note.txt"])
        assert said.text.count("has no artifacts. The other trackers get it.") == 1
        assert "first, step 'everything': The tracker 'memory' has no artifacts." in said.text

    def test_one_that_is_away_costs_the_other_nothing(self, places, said, monkeypatch):
        real = MemoryBackend.open

        def broken(self, spec, old):
            if self.url.endswith("-first"):
                raise ValueError("broken")
            return real(self, spec, old)

        monkeypatch.setattr(MemoryBackend, "open", broken)
        tracked(lambda: get_run().log({"m": 1}))
        monkeypatch.undo()
        assert stored(places["first"]) == []
        assert points(stored(places["second"])[0]) == [("m", 0, 1)]


def _known(of: Run) -> tuple[Any, ...]:
    return of.id, of.name, of.url, of.native, of.project


def _names_kept(url: str, folder: Path) -> list[str]:
    [found] = stored(url)
    backend = connect(url, project=all_of_them.name).backend
    return [each.name for each in backend.attachments(found.id, folder) if isinstance(each, Artifact)]
