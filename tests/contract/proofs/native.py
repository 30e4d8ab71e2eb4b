"""The library's own calls, other threads, and what a step moves."""

from __future__ import annotations

import os
import tempfile

from tracker_contracts.reference import jot

from tests.contract.proofs.hand import Hand, Proof
from tests.contract.proofs.library import in_thread, start_natively


def loses_metrics_after_a_native_finish(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"loss": 1})
        jot.finish()
        run.log({"loss": 2})
    seen = yield
    del seen.run.metrics[1]


def counts_again_from_a_native_start(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"loss": 1})
        start_natively()
        run.log({"loss": 2})
    seen = yield
    seen.run.metrics[1] = ("loss", 0, 2)


def loses_a_row_of_a_run_that_is_started_again(hand: Hand) -> Proof:
    with hand.step() as run:
        jot.finish()
        run.log({"loss": 1})
        start_natively()
        run.log({"loss": 2})
        run.log({"loss": 3})
    seen = yield
    del seen.run.metrics[1]


def loses_metrics_after_a_second_native_finish(hand: Hand) -> Proof:
    with hand.step() as run:
        jot.finish()
        run.log({"loss": 1})
        jot.finish()
        run.log({"loss": 2})
    seen = yield
    del seen.run.metrics[1]


def loses_a_run_that_is_finished_at_once(hand: Hand) -> Proof:
    with hand.step() as run:
        jot.finish()
        run.log({"loss": 1})
    with hand.step() as run:
        run.log({"loss": 2})
        jot.finish()
        run.log({"loss": 3})
    seen = yield
    seen.run.metrics.clear()


def skips_two_steps_for_a_native_start(hand: Hand) -> Proof:
    with hand.step() as run:
        start_natively()
        run.log({"loss": 1})
        start_natively()
        run.log({"loss": 2})
    seen = yield
    seen.run.metrics = [("loss", 2, 1), ("loss", 3, 2)]


def loses_metrics_of_other_threads(hand: Hand) -> Proof:
    with hand.step() as run:
        in_thread(lambda: run.log({"loss": 1}))
        run.log({"loss": 2})
    seen = yield
    del seen.run.metrics[0]


def counts_again_in_another_folder(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"loss": 1})
        os.chdir(tempfile.gettempdir())
        run.log({"loss": 2})
    seen = yield
    seen.run.metrics[1] = ("loss", 0, 2)


def loses_metrics_without_its_home(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"loss": 1})
        os.environ["HOME"] = "/nonexistent"
        run.log({"loss": 2})
    seen = yield
    del seen.run.metrics[1]


def cuts_numbers_in_another_locale(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"loss": 1.5})
        os.environ["LC_ALL"] = "another"
        run.log({"loss": 1.5})
    seen = yield
    seen.run.metrics[1] = ("loss", 1, 1)


def does_not_end_in_another_time_zone(hand: Hand) -> Proof:
    hand.idle()
    with hand.step():
        os.environ["TZ"] = "Pacific/Kiritimati"
    seen = yield
    seen.runs[1].state = "running"
