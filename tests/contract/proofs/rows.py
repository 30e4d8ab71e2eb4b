"""How many rows there are."""

from __future__ import annotations

from tests.contract.proofs.hand import Hand, Proof


def _of(hand: Hand, *counts: int) -> None:
    """A step for each number of rows."""
    for count in counts:
        hand.logs(*range(count))


def _loss(values: list[int]) -> list[tuple[str, int, int]]:
    return [("loss", value, value) for value in values]


def drops_runs_of_two_rows(hand: Hand) -> Proof:
    _of(hand, 2, 3)
    seen = yield
    seen.run.metrics.clear()


def samples_three_rows(hand: Hand) -> Proof:
    _of(hand, 3, 4)
    seen = yield
    seen.run.metrics = _loss([0, 2])


def keeps_the_last_of_two_values(hand: Hand) -> Proof:
    _of(hand, 2, 1, 3)
    seen = yield
    seen.run.metrics = _loss([1])


def loses_the_first_of_63(hand: Hand) -> Proof:
    _of(hand, 63, 62, 64)
    seen = yield
    del seen.run.metrics[0]


def loses_a_full_batch_of_64(hand: Hand) -> Proof:
    _of(hand, 64, 63, 65)
    seen = yield
    seen.run.metrics.clear()


def repeats_the_first_of_65(hand: Hand) -> Proof:
    _of(hand, 65, 64)
    seen = yield
    seen.run.metrics[0] = ("loss", 0, 64)


def sends_a_hundred_backwards(hand: Hand) -> Proof:
    _of(hand, 100, 99)
    seen = yield
    seen.run.metrics = [("loss", step, 99 - step) for step in range(100)]


def keeps_every_second_of_128(hand: Hand) -> Proof:
    _of(hand, 128, 127)
    seen = yield
    seen.run.metrics = _loss(list(range(0, 128, 2)))


def takes_a_thousand_for_none(hand: Hand) -> Proof:
    _of(hand, 1000, 999)
    seen = yield
    seen.run.metrics.clear()


def overwrites_the_first_of_1024(hand: Hand) -> Proof:
    _of(hand, 1024, 1023)
    seen = yield
    seen.run.metrics[0] = ("loss", 0, 1023)
