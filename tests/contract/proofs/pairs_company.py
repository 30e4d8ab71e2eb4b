"""What runs before, after and beside a step, and its attempts, where something else meets them."""

from __future__ import annotations

from tests.contract.proofs.hand import Hand, Proof
from tests.contract.proofs.library import start_natively


def tells_the_first_error_again(hand: Hand) -> Proof:
    hand.fails(ValueError("first"))
    hand.idle()
    hand.fails(KeyError("second"))
    seen = yield
    seen.runs[2].error = ["ValueError", "first"]


def takes_params_from_the_first_run_of_a_step(hand: Hand) -> Proof:
    for step in ("train", "other", "train"):
        with hand.step(step=step) as run:
            run.log_params({"depth": 1})
    seen = yield
    seen.runs[2].params.clear()


def replaces_the_artifacts_of_the_step(hand: Hand) -> Proof:
    for step in ("train", "other", "train"):
        with hand.step(step=step) as run:
            run.log_artifact(hand.file(b"1"), "model")
    seen = yield
    seen.run.artifacts.clear()


def takes_the_params_of_the_run_before(hand: Hand) -> Proof:
    for _ in range(2):
        with hand.step() as run:
            run.log_params({"depth": 1})
    hand.fails(ValueError("boom"))
    seen = yield
    seen.runs[1].params.clear()


def keeps_the_tags_of_two_runs(hand: Hand) -> Proof:
    for _ in range(3):
        with hand.step() as run:
            run.add_tags(["late"])
    seen = yield
    seen.runs[2].tags.remove("late")


def describes_the_first_error_of_a_step(hand: Hand) -> Proof:
    hand.fails(ValueError("boom"), retry="step")
    hand.fails(ValueError("boom"), retry="step")
    seen = yield
    seen.runs[1].error = [None, None]


def keeps_params_of_the_first_attempt(hand: Hand) -> Proof:
    for _ in range(2):
        with hand.step(retry="step") as run:
            run.log_params({"depth": 1})
            raise ValueError("boom")
    seen = yield
    seen.runs[1].params.clear()


def keeps_tags_of_two_attempts(hand: Hand) -> Proof:
    for _ in range(3):
        with hand.step(retry="step", tags=["given"]) as run:
            run.add_tags(["late"])
            raise ValueError("boom")
    seen = yield
    seen.runs[2].tags.remove("late")


def loses_retries_beside_others(hand: Hand) -> Proof:
    hand.fails(ValueError("boom"), retry="step")
    with hand.step() as other, hand.step(retry="step") as run:
        other.log({"loss": 1})
        run.log({"loss": 2})
    seen = yield
    seen.runs[2].metrics.clear()


def loses_artifacts_beside_others(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_artifact(hand.file(b"1"), "early")
        hand.idle()
        run.log_artifact(hand.file(b"2"), "late")
    seen = yield
    del seen.run.artifacts["late"]


def loses_late_params_beside_others(hand: Hand) -> Proof:
    with hand.step() as run:
        hand.idle()
        run.log_params({"early": 1})
        run.log({"loss": 1})
        run.log({"loss": 2})
        run.log_params({"late": 1})
    seen = yield
    del seen.run.params["late"]


def loses_metrics_after_a_native_start_beside_others(hand: Hand) -> Proof:
    with hand.step(), hand.step() as run:
        run.log({"loss": 1})
        start_natively()
        run.log({"loss": 2})
    seen = yield
    del seen.runs[1].metrics[1]
