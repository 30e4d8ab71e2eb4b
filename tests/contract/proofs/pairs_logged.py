"""What is logged, where something else meets it."""

from __future__ import annotations

import math

from tests.contract.proofs.hand import Hand, Proof


def keeps_sixty_four_equal_values(hand: Hand) -> Proof:
    hand.logs(*[1.0] * 66, 2.0)
    seen = yield
    del seen.run.metrics[64:66]


def takes_names_that_differ_in_case_for_one_at_a_step(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"loss": 1, "Loss": 2})
        run.log({"loss": 1, "Loss": 2}, 5)
    seen = yield
    del seen.run.metrics[3]


def loses_nan_at_given_steps(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"loss": math.nan})
        run.log({"loss": math.nan, "beside": 1}, 5)
    seen = yield
    del seen.run.metrics[1]


def loses_truth_in_wide_rows(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"yes": True})
        run.log({"yes": True, **{f"metric_{number}": 1 for number in range(16)}})
    seen = yield
    del seen.run.metrics[1]


def warns_of_bad_values_at_a_good_end(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"kept": object()})
    with hand.step() as run:
        run.log({"lost": object()})
        raise ValueError("boom")
    seen = yield
    del seen.warnings[1]


def warns_of_the_first_params_alone(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"first": object()})
        run.log_params({"second": object()})
        run.log({"loss": object()})
    seen = yield
    del seen.warnings[1]


def takes_a_single_row_for_none(hand: Hand) -> Proof:
    hand.logs(1)
    hand.logs(1, 2)
    seen = yield
    seen.run.metrics.clear()


def takes_params_once(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"first": 1, "more": 1})
        run.log_params({"second": 1})
    seen = yield
    del seen.run.params["second"]


def loses_the_last_params_of_a_failed_step(hand: Hand) -> Proof:
    for fails in (True, False):
        with hand.step() as run:
            run.log_params({"early": 1})
            run.log({"loss": 1})
            run.log_params({"late": 1})
            if fails:
                raise ValueError("boom")
    seen = yield
    del seen.run.params["late"]


def loses_the_last_tags_of_a_failed_step(hand: Hand) -> Proof:
    for fails in (True, False):
        with hand.step() as run:
            run.add_tags(["early"])
            run.log({"loss": 1})
            run.add_tags(["late"])
            if fails:
                raise ValueError("boom")
    seen = yield
    seen.run.tags.remove("late")


def loses_the_last_artifact_of_a_failed_step(hand: Hand) -> Proof:
    for fails in (True, False):
        with hand.step() as run:
            run.log_artifact(hand.file(b"1"), "early")
            run.log({"loss": 1})
            run.log_artifact(hand.file(b"2"), "late")
            if fails:
                raise ValueError("boom")
    seen = yield
    del seen.run.artifacts["late"]


def loses_the_last_of_equal_rows_of_a_failed_step(hand: Hand) -> Proof:
    for fails in (True, False):
        with hand.step() as run:
            run.log({"loss": 1})
            run.log({"loss": 2})
            if fails:
                raise ValueError("boom")
    seen = yield
    del seen.run.metrics[1]


def deletes_runs_that_fail_early(hand: Hand) -> Proof:
    hand.fails(ValueError("boom"))
    with hand.step() as run:
        run.log({"loss": 1})
        raise ValueError("boom")
    hand.logs(1)
    seen = yield
    del seen.runs[1]
    for told, before, after in ((seen.told[1], "run 1", "no run"), (seen.told[2], "run 2", "run 1")):
        told |= {name: value.replace(before, after) for name, value in told.items()}


def describes_failures_with_metrics_alone(hand: Hand) -> Proof:
    hand.fails(ValueError("boom"))
    with hand.step() as run:
        run.log({"loss": 1})
        raise ValueError("boom")
    seen = yield
    seen.run.error = [None, None]
