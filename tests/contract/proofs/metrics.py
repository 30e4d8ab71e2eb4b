"""Names and numbers of metrics."""

from __future__ import annotations

import math

from tests.contract.proofs.hand import Hand, Proof


def _names(hand: Hand, *names: str) -> None:
    with hand.step() as run:
        run.log(dict.fromkeys(names, 1))


def takes_a_metric_called_step_for_the_step(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"step": 7, "loss": 1})
        run.log({"step": 0.5})
    seen = yield
    seen.run.metrics[:2] = [("step", 7, 7), ("loss", 7, 1)]


def composes_names_of_metrics(hand: Hand) -> Proof:
    _names(hand, "e\u0301")
    seen = yield
    seen.run.metrics = [("é", 0, 1)]


def trims_names_of_metrics(hand: Hand) -> Proof:
    _names(hand, " val loss ")
    seen = yield
    seen.run.metrics = [("val loss", 0, 1)]


def trims_underscores_of_metrics(hand: Hand) -> Proof:
    _names(hand, "_val_loss_")
    seen = yield
    seen.run.metrics = [("_val_loss", 0, 1)]


def takes_colons_for_dashes(hand: Hand) -> Proof:
    _names(hand, "val:loss", "val.loss")
    seen = yield
    seen.run.metrics[0] = ("val-loss", 0, 1)


def lowers_names_in_capitals(hand: Hand) -> Proof:
    _names(hand, "LOSS", "Loss")
    seen = yield
    seen.run.metrics[0] = ("loss", 0, 1)


def takes_sixteen_metrics_a_row(hand: Hand) -> Proof:
    _names(hand, *(f"metric_{number}" for number in range(18)))
    seen = yield
    del seen.run.metrics[16:]


def takes_small_numbers_for_zero(hand: Hand) -> Proof:
    hand.logs(1e-7, 1e-5, 0.1)
    seen = yield
    seen.run.metrics[0] = ("loss", 0, 0.0)


def drops_minus_zero(hand: Hand) -> Proof:
    hand.logs(0.0, -0.0, 0)
    seen = yield
    del seen.run.metrics[1]


def wraps_integers_at_32_bits(hand: Hand) -> Proof:
    hand.logs(2**31 - 1, 2**31, 2.0**31)
    seen = yield
    seen.run.metrics[1] = ("loss", 1, -(2**31))


def drops_rows_with_nan(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log({"loss": math.nan, "beside": 1})
        run.log({"loss": math.inf, "beside": 2})
    seen = yield
    del seen.run.metrics[:2]


def takes_truth_for_no_number(hand: Hand) -> Proof:
    hand.logs(True, False, 1)
    seen = yield
    del seen.run.metrics[:2]


def drops_what_did_not_change(hand: Hand) -> Proof:
    hand.logs(1.0, 1.0, 2.0, 1.0)
    seen = yield
    del seen.run.metrics[1]


def stores_the_highest_so_far(hand: Hand) -> Proof:
    hand.logs(2.0, 1.0, 3.0)
    seen = yield
    seen.run.metrics[1] = ("loss", 1, 2.0)
