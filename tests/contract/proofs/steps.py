"""Metric steps that are given, and the first record of a run."""

from __future__ import annotations

from tests.contract.proofs.hand import Hand, Proof


def _at(hand: Hand, *steps: int | None) -> None:
    """A step that logs at each of these."""
    with hand.step() as run:
        for number, step in enumerate(steps):
            run.log({"loss": number}, step)


def _stored(*steps: int) -> list[tuple[str, int, int]]:
    return [("loss", step, number) for number, step in enumerate(steps)]


def counts_the_next_step_twice(hand: Hand) -> Proof:
    _at(hand, None, 1, 5)
    seen = yield
    seen.run.metrics = _stored(0, 2, 5)


def moves_on_from_steps_that_fall(hand: Hand) -> Proof:
    _at(hand, 3, 2, 1)
    seen = yield
    seen.run.metrics = _stored(3, 4, 5)


def drops_steps_that_fall(hand: Hand) -> Proof:
    _at(hand, 3, 2, 3, None)
    seen = yield
    del seen.run.metrics[1]


def moves_on_from_an_equal_step(hand: Hand) -> Proof:
    _at(hand, 5, 5, 7)
    seen = yield
    seen.run.metrics = _stored(5, 6, 7)


def closes_gaps_of_steps(hand: Hand) -> Proof:
    _at(hand, 3, 10, 1)
    seen = yield
    seen.run.metrics = _stored(0, 1, 1)


def wraps_steps_at_32_bits(hand: Hand) -> Proof:
    _at(hand, 2**31 - 1, 2**31)
    seen = yield
    seen.run.metrics = _stored(2**31 - 1, -(2**31))


def begins_again_after_the_second_given_step(hand: Hand) -> Proof:
    _at(hand, 0, None, 20, None)
    _at(hand, 0, None, None, 20, 21)
    seen = yield
    seen.run.metrics = _stored(0, 1, 20, 0)


def loses_params_before_the_first_record(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"early": 1})
        run.log({"loss": 1})
        run.log_params({"late": 2})
    seen = yield
    del seen.run.params["early"]


def takes_the_type_of_the_first_value(hand: Hand) -> Proof:
    hand.logs(1, 2.5)
    hand.logs(0.5, 2.5)
    seen = yield
    seen.run.metrics[1] = ("loss", 1, 2)
