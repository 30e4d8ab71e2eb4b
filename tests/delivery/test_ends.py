"""How a run ends: once, with all that was borrowed given back, whatever comes meanwhile."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress

import pytest

from tests.support.hostile import Collecting, Hostile, doing, raising, tracker
from tests.support.journals import folders, soon
from tests.support.said import lines_in, warnings_in
from zenml_trackers import NoActiveRun, get_run
from zenml_trackers.delivery.lifecycle import Limits, Tracking
from zenml_trackers.delivery.receiver import receivers
from zenml_trackers.errors import Losses, TrackerError, UnstorableValue
from zenml_trackers.model.records import RunError, RunSpec, Status


class Stop(Exception):
    """As ZenML's own, which derive from `Exception` too."""


@pytest.fixture
def alarmed():
    """`Stop` is raised in this thread by an alarm."""

    def stop(number, frame):
        raise Stop("stopped")

    before = signal.signal(signal.SIGALRM, stop)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


class TestRecords:
    def test_what_comes_after_the_end_changes_nothing_and_is_told(self, caplog):
        sink = Collecting()
        with tracker(sink).start_run("early") as run:
            run.log({"a": 1})
        run.log({"late": 1})
        run.add_tags("late")
        assert sink.values == [{"a": 1}]
        assert ["run 'early': the run is over" in text for text in caplog.messages] == [True]
        assert folders() == []

    def test_a_block_that_raises_fails_its_run_with_all_of_its_rows(self):
        sink = Collecting()
        with pytest.raises(ZeroDivisionError), tracker(sink).start_run() as run:
            for number in range(100):
                run.log({"m": number})
            raise ZeroDivisionError("no")
        assert len(sink.taken) == 100
        assert (sink.ended, sink.error) == (Status.FAILED, RunError(type="ZeroDivisionError", message="no"))

    def test_errors_that_cannot_be_made_again_are_told_too(self, caplog):
        class Own(TrackerError):
            def __init__(self, code, why):
                super().__init__(f"{code}: {why}")

        sink = Collecting(write=raising(Own(7, "full")), close=raising(Own(8, "gone")))
        sink.give_up = raising(Own(9, "never"))
        with tracker(sink).start_run() as run:
            run.log({"a": 1})
        assert "Own: 7: full" in caplog.text


class TestLine:
    @pytest.mark.parametrize(
        ("lost", "rows"), [(1, "1 of the 3 rows of metrics is"), (2, "2 of the 3 rows of metrics are")]
    )
    def test_rows_that_are_lost_are_counted(self, said, lost, rows):
        sink = doing("write", lambda record: None if record.number < 3 - lost else [][1])
        with tracker(sink).start_run("r") as run:
            for number in range(3):
                run.log({"m": number})
        assert warnings_in(said) == ["run 'r': IndexError: list index out of range. Some of what was logged is lost."]
        assert lines_in(said)[-1][1] == f"The run 'r' finished. {rows} not stored."

    def test_what_is_lost_of_a_row_is_no_row(self, said):
        sink = doing("write", raising(UnstorableValue("'m' is too large.")))
        with tracker(sink).start_run("r") as run:
            run.log({"m": 1, "n": 2})
        assert warnings_in(said) == ["run 'r': 'm' is too large. The rest is stored."]
        assert lines_in(said)[-1][1] == "The run 'r' finished."

    def test_each_of_several_losses_is_told(self, said):
        losses = Losses([UnstorableValue("'m' is too large."), ValueError("'n' is odd")], rows=1)
        with tracker(doing("write", raising(losses))).start_run("r") as run:
            run.log({"m": 1, "n": 2})
        assert [text.partition(": ")[2].split(". ")[0] for text in warnings_in(said)] == [
            "'m' is too large",
            "ValueError: 'n' is odd",
        ]
        assert "1 of the 1 rows of metrics is not stored." in said.text


class TestContext:
    def test_a_run_within_a_run_is_the_current_one(self):
        with tracker(Collecting()).start_run() as outer:
            with tracker(Collecting()).start_run() as inner:
                assert get_run() is inner
            assert get_run() is outer
        with pytest.raises(NoActiveRun):
            get_run()

    @pytest.mark.parametrize("where", ["load", "open", "begin", "write", "close"])
    def test_a_run_that_failed_is_left_too(self, where):
        with tracker(doing(where, raising(RuntimeError("no")))).start_run() as run:
            run.log({"m": 1})
            assert get_run() is run
        with pytest.raises(NoActiveRun):
            get_run()

    def test_an_attach_that_fails_a_strict_run_leaves_no_run_behind(self):
        sink = Collecting()
        with (
            pytest.raises(TrackerError, match="ValueError: no"),
            tracker(Hostile(sink, raising(ValueError("no"))), strict=True).start_run(),
        ):
            pytest.fail("the block must not begin")
        assert sink.ended is Status.FAILED
        with tracker(Collecting("second")).start_run() as second:
            assert get_run() is second

    def test_an_attach_that_fails_is_warned_of_and_the_run_goes_on(self, said):
        sink = Collecting()
        with tracker(Hostile(sink, raising(ValueError("no")))).start_run() as run:
            run.log({"m": 1})
        assert (len(sink.taken), sink.ended) == (1, Status.FINISHED)
        [warning] = warnings_in(said)
        assert "ValueError: no. The library's own calls reach no run." in warning


class TestStops:
    def test_a_timeout_while_the_journal_is_made_is_no_trouble_with_the_disk(self, alarmed, monkeypatch, said):
        def late(number, frame):
            raise TimeoutError("too late")  # an OSError, as of a disk

        signal.signal(signal.SIGALRM, late)
        monkeypatch.setattr("zenml_trackers.delivery.journal.uuid4", lambda: signal.raise_signal(signal.SIGALRM))
        with pytest.raises(TimeoutError), tracker(Collecting()).start_run():
            pytest.fail("the block must not begin")
        assert warnings_in(said) == []

    @pytest.mark.parametrize("where", ["load", "open", "begin", "close"])
    def test_one_while_a_run_begins_or_ends_is_raised_when_that_is_done(self, alarmed, where):
        sink, started = doing(where, lambda: time.sleep(0.3)), []
        if where != "close":
            signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Stop), tracker(sink).start_run():
            started.append(True)
            signal.setitimer(signal.ITIMER_REAL, 0.1)
        assert bool(started) is (where == "close")
        assert sink.ended is (Status.FINISHED if started else Status.FAILED)
        assert soon(lambda: not folders())

    def test_a_second_one_does_not_wait_and_leaves_nothing_at_work(self, alarmed):
        sink = Collecting(write=lambda record: time.sleep(0.05))
        before, began = set(threading.enumerate()), time.monotonic()
        with pytest.raises(Stop), tracker(sink, deadline=5.0).start_run() as run:
            for number in range(200):
                run.log({"m": number})
            signal.setitimer(signal.ITIMER_REAL, 0.1, 0.2)
        signal.setitimer(signal.ITIMER_REAL, 0)
        assert time.monotonic() - began < 2
        assert soon(lambda: set(threading.enumerate()) <= before)
        assert len(sink.taken) < 200
        assert len(folders()) == 1

    def test_one_while_a_sink_is_asked_how_far_it_is_comes_through(self, alarmed):
        class Asked(Collecting):
            def stored(self):
                if self.calls[-1:] == ["close"] and threading.current_thread() is threading.main_thread():
                    signal.raise_signal(signal.SIGALRM)
                return -1

        with pytest.raises(Stop), tracker(Asked(close=lambda: time.sleep(0.3))).start_run():
            pass

    def test_one_that_the_step_caught_itself_is_over(self, alarmed):
        with tracker(doing("write", lambda record: [][1])).start_run(), suppress(Stop):
            try:
                signal.raise_signal(signal.SIGALRM)
            except Stop:
                get_run().log({"m": 1})

    def test_what_a_run_lent_is_taken_back_once(self, alarmed):
        """Else the calls of a later step would reach the library's own."""
        taken_back = []
        backend = Hostile(Collecting(close=lambda: time.sleep(0.3)), lambda: lambda: taken_back.append(1))
        places = receivers([("hostile", backend.url, lambda project: backend)])
        tracking = Tracking("hostile", places, "run 'r'", Limits())
        tracking.begin(RunSpec(name="r", project="p"))
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Stop):
            tracking.end(Status.FINISHED, None)
        tracking.end(Status.FINISHED, None)
        assert taken_back == [1]
