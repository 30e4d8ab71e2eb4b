"""The library's own calls, other threads and what a step moves, where something else meets them."""

from __future__ import annotations

import os
import tempfile

from tracker_contracts.reference import jot

from tests.contract.proofs.hand import Hand, Proof
from tests.contract.proofs.library import in_thread, start_natively


def takes_a_native_start_for_a_good_end(hand: Hand) -> Proof:
    with hand.step():
        start_natively()
        raise ValueError("boom")
    hand.fails(ValueError("boom"))
    seen = yield
    seen.run.state = "finished"


def loses_params_after_a_native_finish(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"early": 1})
        jot.finish()
        run.log_params({"late": 1})
    seen = yield
    del seen.run.params["late"]


def loses_artifacts_after_a_native_finish(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_artifact(hand.file(b"1"), "early")
        jot.finish()
        run.log_artifact(hand.file(b"2"), "late")
    seen = yield
    del seen.run.artifacts["late"]


def ignores_given_steps_in_a_run_that_is_started_again(hand: Hand) -> Proof:
    with hand.step() as run:
        jot.finish()
        run.log({"loss": 1}, 5)
        start_natively()
        run.log({"loss": 2}, 10)
    seen = yield
    seen.run.metrics[1] = ("loss", 6, 2)


def takes_an_exit_from_a_finished_run_for_success(hand: Hand) -> Proof:
    with hand.step():
        jot.finish()
        raise SystemExit("0")
    hand.fails(SystemExit("0"))
    with hand.step():
        jot.finish()
        raise ValueError("boom")
    seen = yield
    seen.run.state = "finished"


def cannot_tell_errors_of_other_threads(hand: Hand) -> Proof:
    with hand.step() as run:
        in_thread(lambda: run.log({"loss": 1}))
        raise ValueError("boom")
    with hand.step() as run:
        run.log({"loss": 1})
        raise ValueError("boom")
    seen = yield
    seen.run.error = [None, None]


def loses_tags_of_other_threads(hand: Hand) -> Proof:
    with hand.step() as run:
        in_thread(lambda: run.add_tags(["there"]))
        run.add_tags(["here"])
    seen = yield
    seen.run.tags.remove("there")


def loses_params_of_other_threads(hand: Hand) -> Proof:
    with hand.step() as run:
        in_thread(lambda: run.log_params({"there": 1}))
        run.log_params({"here": 1})
    seen = yield
    del seen.run.params["there"]


def loses_artifacts_in_another_folder(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_artifact(hand.file(b"1"), "early")
        os.chdir(tempfile.gettempdir())
        run.log_artifact(hand.file(b"2"), "late")
    seen = yield
    del seen.run.artifacts["late"]


def names_metrics_in_ascii_in_another_locale(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"é": 1})
        os.environ["LC_ALL"] = "another"
        run.log({"é": 2})
    seen = yield
    seen.run.metrics[1] = ("?", 1, 2)


def loses_tags_without_its_home(hand: Hand) -> Proof:
    with hand.step() as run:
        run.add_tags(["early"])
        os.environ["HOME"] = "/nonexistent"
        run.add_tags(["late"])
    seen = yield
    seen.run.tags.remove("late")


def loses_the_error_in_another_time_zone(hand: Hand) -> Proof:
    hand.fails(ValueError("boom"))
    with hand.step():
        os.environ["TZ"] = "Pacific/Kiritimati"
        raise ValueError("boom")
    seen = yield
    seen.runs[1].error = [None, None]
