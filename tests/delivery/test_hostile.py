"""What must not happen to a step, whatever a tracker does: tried with trackers that hang, panic and lie."""

from __future__ import annotations

import threading
import time

import pytest

from tests.support.hostile import PLACES, Collecting, Hostile, Panic, Telling, doing, raising, tracker
from tests.support.journals import folders, records_in, soon
from tests.support.said import warnings_in
from zenml_trackers.delivery import budgets
from zenml_trackers.delivery.journal import Journal
from zenml_trackers.errors import TokenRefused, TrackerError, TrackerUnreachable
from zenml_trackers.model.records import End, Status

DEADLINE = 0.5


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(budgets, "LOADING", 0.3)


def rows(run, number=5):
    for value in range(number):
        run.log({"m": value})


class TestHanging:
    @pytest.mark.parametrize("where", PLACES)
    def test_it_costs_the_deadline_and_all_is_kept(self, where, hang, free, said):
        sink, began = doing(where, hang), time.monotonic()
        with tracker(sink, deadline=DEADLINE).start_run("r") as run:
            rows(run)
        assert time.monotonic() - began < 0.3 + DEADLINE + 0.7
        [folder] = folders()
        assert len(warnings_in(said)) == 1
        assert f"kept in {folder}, and delivered by the next run, or by `zenml-trackers deliver`" in said.text
        with pytest.raises(BlockingIOError):  # the sender may still be at work
            Journal(folder)
        free.set()
        if where == "close":  # late, but all the same
            assert soon(lambda: not folder.exists())
        else:
            *logged, end = records_in(folder)
            assert [record.values["m"] for record in logged] == list(range(5))
            assert (type(end), end.status) == (End, Status.FINISHED)

    def test_the_warning_counts_what_is_lost(self, hang, said):
        sink = doing("write", lambda record: hang() if record.values["m"] == 3 else None)
        with tracker(sink, deadline=DEADLINE).start_run("r") as run:
            rows(run, 25)
        [warning] = warnings_in(said)
        assert "made no progress in time. 22 of the 25 rows of metrics are not stored. What is missing is " in warning

    def test_nothing_is_called_once_it_is_given_up(self, hang, free, said):
        sink = doing("begin", hang)
        with tracker(sink, deadline=DEADLINE).start_run("r") as run:
            rows(run)
        free.set()
        [folder] = folders()
        records_in(folder)
        assert (sink.calls, sink.taken) == (["load", "open", "begin"], [])

    def test_one_that_is_late_to_begin_still_gets_all(self, free, said):
        sink = doing("begin", lambda: free.wait(0.7))
        with tracker(sink, deadline=1.0).start_run("r") as run:
            rows(run)
        assert [record.values["m"] for record in sink.taken] == list(range(5))
        assert sink.ended is Status.FINISHED
        [warning] = warnings_in(said)
        assert "connecting took longer" in warning
        assert folders() == []


class TestFailing:
    @pytest.mark.parametrize("where", ["load", "open", "begin"])
    @pytest.mark.parametrize("error", [Panic("no"), RuntimeError("no"), SystemExit("no")])
    def test_a_run_that_cannot_be_made_is_warned_of_once_and_kept(self, where, error, said):
        with tracker(doing(where, raising(error))).start_run("r") as run:
            rows(run)
        [warning] = warnings_in(said)
        assert f"{type(error).__name__}: no" in warning
        [folder] = folders()
        assert len(records_in(folder)) == 6

    @pytest.mark.parametrize("error", [Panic("no"), RuntimeError("no")])
    def test_a_run_that_cannot_be_ended_is_warned_of_once_and_kept(self, error, said):
        sink = doing("close", raising(error))
        with tracker(sink).start_run("r") as run:
            rows(run)
        [warning] = warnings_in(said)
        assert f"{type(error).__name__}: no" in warning
        assert len(sink.taken) == 5
        [folder] = folders()
        assert len(records_in(folder)) == 6

    @pytest.mark.parametrize("error", [Panic("no"), RuntimeError("no")])
    @pytest.mark.parametrize("kind", [Collecting, Telling])
    def test_each_record_that_it_refuses_costs_only_itself(self, kind, error, said):
        def refuse(record):
            if record.values["m"] % 3 == 2:
                raise error

        sink = kind(write=refuse)
        with tracker(sink).start_run("r") as run:
            rows(run, 3000)
        assert [record.values["m"] for record in sink.taken] == [value for value in range(3000) if value % 3 != 2]
        assert sink.ended is Status.FINISHED
        assert len(warnings_in(said)) == 1
        assert "The run 'r' finished. 1,000 of the 3,000 rows of metrics are not stored." in said.text

    @pytest.mark.parametrize("where", PLACES)
    @pytest.mark.parametrize("error", [OSError("gone"), TrackerUnreachable("gone"), ConnectionResetError("gone")])
    def test_what_is_over_in_a_moment_costs_nothing(self, where, error, said, monkeypatch):
        monkeypatch.setattr(budgets, "FIRST_RETRY", 0.01)
        left = [error] * 3

        def fail(*given):
            if left:
                raise left.pop()

        sink = doing(where, fail)
        with tracker(sink).start_run("r") as run:
            rows(run, 50)
            assert run.flush(10)
        assert [record.number for record in sink.taken] == list(range(50))
        assert (sink.ended, left, folders()) == (Status.FINISHED, [], [])
        assert len(warnings_in(said)) == (where in ("load", "open", "begin"))

    @pytest.mark.parametrize("kind", [Collecting, Telling])
    @pytest.mark.parametrize("where", ["write", "close"])
    def test_a_token_that_is_refused_for_a_while_costs_nothing(self, kind, where, said, monkeypatch):
        """As when a gateway errs, or it is renewed."""
        monkeypatch.setattr(budgets, "FIRST_RETRY", 0.01)
        left = [TokenRefused("check `api_key`")] * 3
        sink = kind(**{where: lambda *given: raising(left.pop())() if left else None})
        with tracker(sink).start_run("r") as run:
            rows(run, 50)
        assert [record.number for record in sink.taken] == list(range(50))
        assert (sink.ended, left, folders()) == (Status.FINISHED, [], [])
        assert warnings_in(said) == []

    @pytest.mark.parametrize("where", ["write", "close"])
    def test_under_a_token_that_is_refused_from_then_on_all_is_kept(self, where, said):
        with tracker(doing(where, raising(TokenRefused("check `api_key`"))), deadline=DEADLINE).start_run("r") as run:
            rows(run)
        [warning] = warnings_in(said)
        assert "check `api_key`" in warning
        [folder] = folders()
        assert len(records_in(folder)) == 6

    @pytest.mark.parametrize("kind", [Collecting, Telling])
    def test_what_comes_and_goes_tears_no_order(self, kind, said, monkeypatch):
        monkeypatch.setattr(budgets, "FIRST_RETRY", 0.001)
        tried = set()

        def fail_once(record):
            if record.number % 7 == 3 and record.number not in tried:
                tried.add(record.number)
                raise OSError("busy")

        sink = kind(write=fail_once)
        with tracker(sink).start_run("r") as run:
            rows(run, 100)
        assert [record.values["m"] for record in sink.taken] == list(range(100))
        assert warnings_in(said) == []

    def test_one_that_lies_about_its_progress_costs_the_deadline(self, hang, said):
        class Lying(Collecting):
            def stored(self):
                raise ValueError("no")

            def others(self):
                raise ValueError("no")

            def give_up(self):
                raise ValueError("no")

        began = time.monotonic()
        with tracker(Lying(write=hang), deadline=DEADLINE).start_run("r") as run:
            rows(run)
        assert time.monotonic() - began < DEADLINE + 0.7
        assert len(warnings_in(said)) == 1


class TestThread:
    @pytest.mark.parametrize("kind", [Collecting, Telling])
    def test_one_thread_makes_every_call(self, kind):
        sink = kind()
        with tracker(sink).start_run("r") as run:
            threads = [threading.Thread(target=rows, args=(run, 50)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        [thread] = sink.threads
        assert thread != threading.get_ident()
        assert len(sink.taken) == 400
        assert [record.step for record in sink.taken] == list(range(400))
        assert sink.calls[:3] == ["load", "open", "begin"]
        assert sink.calls[-1] == "close"


class Unreadable(Hostile):
    """One whose author did not think of errors."""

    def read(self):
        raise KeyError("runs")

    check = read


def test_what_reading_or_checking_raises_has_the_trackers_url_in_one_line():
    broken = tracker(Unreadable(Collecting()))
    with pytest.raises(TrackerError, match=rf"^{broken.backend.url} can't be read: KeyError: 'runs'$"):
        list(broken.read())
    with pytest.raises(TrackerError, match=rf"^{broken.backend.url} can't be used: KeyError: 'runs'$"):
        broken.check()
