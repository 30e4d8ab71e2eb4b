"""What is no value at all."""

from __future__ import annotations

from tests.contract.proofs.hand import Hand, Proof


def stops_at_a_bad_metric(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"beside": 1, "odd": object(), "behind": 2})
    seen = yield
    del seen.run.metrics[1]


def names_the_first_of_bad_metrics(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"odd": object(), "loss": 1, "other": object()})
    seen = yield
    del seen.warnings[1]


def says_nothing_of_a_row_of_bad_metrics(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"odd": object()})
        run.log({"odd": object(), "loss": 1})
    seen = yield
    del seen.warnings[0]


def stops_at_a_bad_param(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"beside": 1, "odd": object(), "behind": 2})
    seen = yield
    del seen.run.params["behind"]


def names_the_last_of_bad_params(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"odd": object(), "other": object()})
        run.log({"odd": object(), "other": object()})
    seen = yield
    del seen.warnings[0]
