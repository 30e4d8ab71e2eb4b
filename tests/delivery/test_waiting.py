"""How long anybody waits for a tracker: no call of a step's, and the end of a run as long as the tracker gets on."""

from __future__ import annotations

import time
from queue import SimpleQueue

import numpy
import pytest

from tests.support.hostile import Collecting, Telling, doing, tracker
from tests.support.journals import folders
from tests.support.said import lines_in, warnings_in
from zenml_trackers.delivery import budgets
from zenml_trackers.delivery.patience import Patience
from zenml_trackers.model.records import Feature, Status

LONGEST_CALL = 0.05
"""Seconds, of nine calls in ten; the others may have to wait for a core or the disk, on a busy machine."""


@pytest.fixture
def run_of_a_hanging_one(hang, free, monkeypatch):
    """A run whose tracker took one record, and stands still since."""
    monkeypatch.setattr("tests.support.hostile.Hostile.features", frozenset(Feature))
    with tracker(doing("write", hang), deadline=0.3).start_run("r") as run:
        yield run
    free.set()


class TestCalls:
    @pytest.mark.parametrize("what", ["metrics", "params", "tags", "artifact", "image", "table"])
    def test_no_call_waits_for_a_tracker_that_hangs(self, what, run_of_a_hanging_one, tmp_path):
        run, file = run_of_a_hanging_one, tmp_path / "model.bin"
        file.write_bytes(b"x" * 1000)
        picture = numpy.zeros((8, 8), dtype=numpy.uint8)
        call = {
            "metrics": lambda number: run.log({"m": number}),
            "params": lambda number: run.log_params({"p": number}),
            "tags": lambda number: run.add_tags(f"t{number}"),
            "artifact": lambda number: run.log_artifact(file, f"a{number}"),
            "image": lambda number: run.log_image("i", picture, step=number),
            "table": lambda number: run.log_table("t", ["a"], [[number]], step=number),
        }[what]
        took = []
        for number in range(2000 if what in ("metrics", "params", "tags") else 200):
            began = time.perf_counter()
            call(number)
            took.append(time.perf_counter() - began)
        assert sorted(took)[int(0.9 * len(took))] < LONGEST_CALL


class TestEnd:
    def test_one_that_is_slow_is_waited_for_and_told_of(self, said, monkeypatch):
        monkeypatch.setattr(budgets, "TOLD_FIRST", 0.5)
        sink = Collecting(write=lambda record: time.sleep(0.05))
        with tracker(sink, deadline=0.3).start_run("r") as run:
            for number in range(25):
                run.log({"m": number})
        assert [record.values["m"] for record in sink.taken] == list(range(25))
        assert (sink.ended, folders()) == (Status.FINISHED, [])
        assert warnings_in(said) == []
        [told] = [text for _, text in lines_in(said) if "storing the rest" in text]
        assert told.startswith("run 'r': storing the rest of the run, ")
        assert told.endswith(" of 25 rows of metrics so far.")

    def test_of_many_records_at_once_it_is_told_how_far_they_are(self, said):
        """Which is asked while the call goes on."""
        sink = Telling(write=lambda record: time.sleep(0.05))
        with tracker(sink, deadline=0.3).start_run("r") as run:
            for number in range(25):
                run.log({"m": number})
        assert (len(sink.taken), sink.ended) == (25, Status.FINISHED)
        assert warnings_in(said) == []

    def test_people_are_told_after_two_seconds_and_then_every_ten(self):
        assert (budgets.TOLD_FIRST, budgets.TOLD_AGAIN) == (2.0, 10.0)

    def test_one_that_stands_still_costs_the_deadline(self, said, hang):
        sink = doing("write", lambda record: hang() if record.number == 3 else None)
        began = time.monotonic()
        with tracker(sink, deadline=0.5).start_run("r") as run:
            for number in range(25):
                run.log({"m": number})
        assert 0.4 < time.monotonic() - began < 1.5
        [warning] = warnings_in(said)
        [folder] = folders()
        assert warning == (
            "run 'r': storing the rest of the run made no progress in time. 22 of the 25 rows of metrics are not "
            f"stored. What is missing is kept in {folder}, and delivered by the next run, or by "
            "`zenml-trackers deliver`."
        )

    def test_beginning_and_end_share_one_deadline(self, hang):
        sink = Collecting(begin=lambda: time.sleep(0.3), close=hang)
        began = time.monotonic()
        with tracker(sink, deadline=1.0).start_run("r"):
            pass
        assert time.monotonic() - began < 1.3

    def test_one_that_could_never_be_reached_costs_one_more_try(self, said):
        def refuse():
            raise ConnectionError("refused")

        began = time.monotonic()
        with tracker(doing("open", refuse), deadline=20.0).start_run("r") as run:
            run.log({"m": 1})
        assert time.monotonic() - began < 3
        assert len(warnings_in(said)) == 1


class TestPatience:
    def test_a_queue_of_others_is_waited_for_but_not_for_good(self):
        began = time.monotonic()
        Patience(0.2).wait(lambda: False, SimpleQueue(), others=time.monotonic_ns)
        assert 0.2 * budgets.QUEUE <= time.monotonic() - began < 0.2 * budgets.QUEUE + 1

    def test_what_is_over_costs_nothing(self):
        patience = Patience(5.0)
        patience.wait(lambda: True, SimpleQueue())
        assert patience.left > 4.9

    def test_what_was_waited_without_progress_is_not_left_for_later(self):
        patience = Patience(0.4)
        patience.wait(lambda: False, SimpleQueue(), share=0.5)
        assert patience.left == pytest.approx(0.2, abs=0.05)
        patience.wait(lambda: False, SimpleQueue())
        assert patience.left == pytest.approx(0.0, abs=0.05)


class TestFlush:
    def test_it_waits_until_the_tracker_has_all(self):
        sink = Collecting(write=lambda record: time.sleep(0.02))
        with tracker(sink).start_run("r") as run:
            for number in range(20):
                run.log({"m": number})
            assert run.flush(10)
            assert len(sink.taken) == 20
            began = time.monotonic()
            assert run.flush(10)
            assert time.monotonic() - began < 1

    def test_it_says_when_the_tracker_has_not_all_in_time(self, run_of_a_hanging_one):
        run_of_a_hanging_one.log({"m": 1})
        began = time.monotonic()
        assert not run_of_a_hanging_one.flush(0.2)
        assert time.monotonic() - began < 1

    def test_it_does_not_wait_for_a_tracker_that_is_lost(self):
        def panic(*given):
            raise RuntimeError("no")

        with tracker(doing("open", panic)).start_run("r") as run:
            run.log({"m": 1})
            began = time.monotonic()
            assert not run.flush(10)
            assert time.monotonic() - began < 1
