"""What must not happen to a step, whatever a tracker does: tried with trackers that hang, panic and lie."""

from __future__ import annotations

import argparse
import dataclasses
import threading
import time

import numpy
import pytest
from zenml_trackers.courier import Courier
from zenml_trackers.fanout import Fanout

from zenml_trackers import connect, courier, get_run
from zenml_trackers.backend import Backend, Sink
from zenml_trackers.backends.memory import MemoryBackend
from zenml_trackers.delivery import Limits
from zenml_trackers.errors import TrackerError, TrackerUnreachable
from zenml_trackers.records import Artifact, Metrics, Status
from zenml_trackers.session import Tracker
from zenml_trackers.url import TrackerUrl


class Collecting(Sink):
    """Takes a moment for each call, and no two at a time."""

    def __init__(self, name="r", begins_in=0.0):
        self.id = self.name = name
        self.taken, self.inside, self.most, self.ended, self._begins_in = [], 0, 0, None, begins_in

    def write(self, records):
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.01 if records else self._begins_in)
        self.taken.extend(records)
        self.inside -= 1

    def close(self, status, error):
        self.ended = status


class Given(Backend):
    """Gives a sink that the test holds too."""

    name = "given"

    def __init__(self, sink, attach=None, loads_in=0.0):
        self.sink, self._attach, self._loads_in = sink, attach, loads_in

    @classmethod
    def from_url(cls, url, project, credentials, timeout):
        raise NotImplementedError

    def load(self):
        time.sleep(self._loads_in)

    def open(self, spec, old):
        return self.sink() if callable(self.sink) else self.sink

    def read(self):
        return iter(())

    def check(self):
        return ""

    def attach(self, native):
        return self._attach() if self._attach else lambda: None


def tracker(backend, strict=False, deadline=2.0):
    return Tracker(backend, "p", Limits(strict, deadline))


@dataclasses.dataclass
class Holder:
    lock: object


class Unreadable:
    def tolist(self):
        raise MemoryError("too large")


class TestValues:
    @pytest.mark.parametrize("bad", [numpy.float32, Holder(threading.Lock()), Unreadable(), Unreadable])
    def test_a_value_of_any_class_costs_only_itself(self, caplog, bad):
        sink = Collecting()
        with tracker(Given(sink)).start_run() as run:
            run.log_params({"bad": bad, "ok": 1})
            run.log({"bad": bad, "ok": 1})
        assert [record.values for record in sink.taken] == [{"ok": 1}, {"ok": 1}]
        assert all("'bad'" in warned for warned in caplog.messages)

    @pytest.mark.parametrize("payload", [None, 0.5, [1], argparse.Namespace(lr=1)])
    def test_what_is_no_map_is_named(self, caplog, payload):
        with tracker(Given(Collecting())).start_run() as run:
            run.log(payload)
            run.log_params(payload)
        assert f"{type(payload).__name__} is no map" in caplog.text

    def test_what_is_no_path_is_named(self, project, caplog):
        with connect(f"memory://{project}").start_run() as run:
            run.log_artifact(7)
        assert "takes a path" in caplog.text

    @pytest.mark.parametrize(
        ("columns", "rows", "named"),
        [
            (["a", "b"], [[1]], "row 0 has 1 cells where there are 2 columns: a, b"),
            (["a"], "x", "row 0 is of type str; rows are lists"),
            (["a"], [7], "row 0 is of type int; rows are lists"),
            ("ab", [["x"]], "columns is one string, 'ab'"),
        ],
    )
    def test_a_table_without_shape_is_refused_by_its_row(self, project, caplog, columns, rows, named):
        with connect(f"memory://{project}").start_run() as run:
            run.log_table("t", columns, rows)
        assert f"table 't': {named}" in caplog.text


class TestEnd:
    def test_what_comes_after_the_end_changes_nothing_and_is_told(self, caplog):
        sink = Collecting()
        with tracker(Given(sink)).start_run("early") as run:
            run.log({"a": 1})
        run.log({"late": 1})
        run.add_tags("late")
        assert [record.values for record in sink.taken] == [{"a": 1}]
        assert ["run 'early': the run is over" in text for text in caplog.messages] == [True]

    def test_an_attach_that_fails_a_strict_run_leaves_no_run_behind(self):
        def attach():
            raise ValueError("no")

        sink = Collecting()
        with pytest.raises(TrackerError, match="ValueError: no"), tracker(Given(sink, attach), True).start_run():
            pytest.fail("the block must not begin")
        assert sink.ended is Status.FAILED
        with tracker(Given(Collecting("second"))).start_run() as second:
            assert get_run() is second

    def test_a_run_within_a_run_is_the_current_one(self):
        with tracker(Given(Collecting())).start_run() as outer:
            with tracker(Given(Collecting())).start_run() as inner:
                assert get_run() is inner
            assert get_run() is outer

    def test_errors_that_cannot_be_made_again_are_told_too(self, caplog):
        class Own(TrackerError):
            def __init__(self, code, why):
                super().__init__(f"{code}: {why}")

        class Failing(Collecting):
            def write(self, records):
                if records:
                    raise Own(7, "full")

            def close(self, status, error):
                raise Own(8, "gone")

            def give_up(self):
                raise Own(9, "never")

        with tracker(Given(Failing())).start_run() as run:
            run.log({"a": 1})
        assert "Own: 7: full" in caplog.text


class TestThreads:
    def test_a_sink_is_called_by_one_thread_at_a_time(self):
        sink = Collecting()
        with tracker(Given(sink)).start_run() as run:
            threads = [threading.Thread(target=run.log, args=({"a": n},)) for n in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert sink.most == 1
        assert sorted(record.values["a"] for record in sink.taken) == list(range(20))

    def test_nobody_calls_a_sink_that_is_late_to_begin(self, caplog):
        sink = Collecting(begins_in=0.6)
        with tracker(Given(sink), deadline=0.4).start_run() as run:
            run.log({"a": 1})
            time.sleep(0.6)
        assert (sink.most, sink.taken) == (1, [])
        assert "longer than" in caplog.text


class Hanging(Collecting):
    def __init__(self):
        super().__init__()
        self.free = threading.Event()

    def write(self, records):
        if records:
            self.free.wait(20)


def begun(sink, warn):
    courier = Courier(sink, warn)
    courier.begin()
    return courier


class TestCourier:
    def test_files_wait_once_for_a_tracker_that_hangs(self, monkeypatch, tmp_path):
        monkeypatch.setattr(courier, "HAND_OVER", 0.3)
        sink = Hanging()
        at = begun(sink, lambda error: None)
        for attempt in range(5):
            started = time.monotonic()
            with pytest.raises(TrackerUnreachable, match="not taken in time"):
                at.write([Artifact(name="a", path=tmp_path)])
            assert (time.monotonic() - started > 0.25) is (attempt == 0)
        sink.free.set()

    def test_who_waits_for_the_end_is_let_go_when_all_is_given_up(self):
        sink = Hanging()
        at = begun(sink, lambda error: None)
        at.write([Metrics(values={"a": 1})])
        time.sleep(0.1)
        at.write([Metrics(values={"a": 2})])  # which waits behind the first
        waiting = threading.Thread(target=at.close, args=(Status.FINISHED, None), daemon=True)
        waiting.start()
        at.give_up()
        sink.free.set()
        waiting.join(5)
        assert not waiting.is_alive()

    def test_a_panic_of_the_library_does_not_end_the_thread(self):
        class Panics(Collecting):
            def write(self, records):
                if records and not self.taken:
                    self.taken.append("panic")
                    raise BaseException("panicked")
                super().write(records)

        told, sink = [], Panics()
        at = begun(sink, told.append)
        at.write([Metrics(values={"a": 1})])
        time.sleep(0.1)
        at.write([Metrics(values={"a": 2})])
        at.close(Status.FINISHED, None)
        assert [str(error) for error in told] == ["BaseException: panicked"]
        assert sink.taken[1].values == {"a": 2}


def memory(name):
    return MemoryBackend.from_url(TrackerUrl.parse(f"memory://{name}"), "p", {}, 1.0)


class TestSeveral:
    def test_a_slow_library_and_a_hang_cost_the_others_nothing(self, project, caplog):
        def hangs():
            time.sleep(5)
            return Collecting()

        slow = Given(hangs, loads_in=0.5)
        with tracker(Fanout([memory(project), slow], Limits(False, 1.0)), deadline=1.0).start_run("r") as run:
            run.log({"a": 1})
        [stored] = memory(project).read()
        assert (stored.status, [point.value for point in stored.metrics]) == (Status.FINISHED, [1])
        assert "given, run 'r': connecting took longer" in caplog.text

    def test_one_that_fails_a_strict_run_leaves_no_other_running(self, project):
        def refuses():
            raise TrackerUnreachable("no")

        both = Fanout([memory(project), Given(refuses)], Limits(True, 2.0))
        with pytest.raises(TrackerUnreachable), tracker(both, strict=True).start_run("r"):
            pytest.fail("the block must not begin")
        assert [stored.status for stored in memory(project).read()] == [Status.FAILED]

    def test_two_of_one_kind_are_told_apart(self, project):
        both = Fanout([memory(project), memory(f"{project}-b")], Limits())
        with tracker(both).start_run("r") as run:
            links = run.links
        assert links["memory_run_id"] != links["memory_2_run_id"]
