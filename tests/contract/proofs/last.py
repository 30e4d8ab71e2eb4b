"""What is logged last waits for something that does not come."""

from __future__ import annotations

from tests.contract.proofs.hand import Hand, Proof


def sends_params_with_the_next_metrics(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"early": 1})
        run.log({"loss": 1})
        run.log_params({"late": 1})
    seen = yield
    del seen.run.params["late"]


def sends_tags_with_the_next_metrics(hand: Hand) -> Proof:
    with hand.step(tags=["given"]) as run:
        run.add_tags(["early"])
        run.log({"loss": 1})
        run.add_tags(["late"])
    seen = yield
    seen.run.tags.remove("late")


def sends_artifacts_with_the_next_metrics(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_artifact(hand.file(b"1"), "early")
        run.log({"loss": 1})
        run.log_artifact(hand.file(b"2"), "late")
    seen = yield
    del seen.run.artifacts["late"]


def sends_the_last_of_equal_rows_with_the_next(hand: Hand) -> Proof:
    hand.logs(1, 2, 3)
    with hand.step() as run:
        run.log({"loss": 1})
        run.log({"loss": 2})
        run.log({"last": 3})
    seen = yield
    del seen.run.metrics[2]
