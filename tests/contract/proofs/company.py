"""What runs before, after and beside a step, and its attempts."""

from __future__ import annotations

from tests.contract.proofs.hand import Hand, Proof


def tags_the_first_good_step_alone(hand: Hand) -> Proof:
    hand.fails(ValueError(), pipeline="pipe")
    hand.idle(pipeline="pipe")
    hand.idle(pipeline="pipe")
    seen = yield
    seen.runs[2].tags.remove("pipe")


def loses_the_first_row_after_a_failure(hand: Hand) -> Proof:
    hand.fails(ValueError())
    hand.logs(1, 2)
    hand.logs(1, 2)
    seen = yield
    del seen.runs[1].metrics[0]


def shares_the_list_of_tags(hand: Hand) -> Proof:
    hand.idle(tags=["a"])
    hand.idle()
    seen = yield
    seen.runs[1].tags.append("a")


def counts_on_for_one_step(hand: Hand) -> Proof:
    hand.logs(1, 2, step="train")
    hand.logs(1, step="other")
    hand.logs(1, step="train")
    seen = yield
    seen.runs[2].metrics = [("loss", 2, 1)]


def skips_steps_in_the_third_run(hand: Hand) -> Proof:
    for _ in range(3):
        hand.logs(1)
    seen = yield
    seen.runs[2].metrics = [("loss", 3, 1)]


def takes_the_tags_of_the_run_before(hand: Hand) -> Proof:
    hand.idle()
    hand.fails(ValueError())
    hand.idle()
    seen = yield
    seen.runs[1].tags.clear()


def takes_the_metrics_of_the_run_before(hand: Hand) -> Proof:
    hand.logs(1)
    hand.logs(1)
    hand.fails(ValueError())
    seen = yield
    seen.runs[1].metrics.clear()


def replaces_the_run_of_the_step(hand: Hand) -> Proof:
    hand.logs(1, step="train")
    hand.logs(1, step="other")
    hand.logs(1, step="train")
    seen = yield
    seen.run.metrics.clear()


def shares_params_with_its_company(hand: Hand) -> Proof:
    with hand.step(), hand.step() as run:
        run.log_params({"depth": 1})
    seen = yield
    seen.run.params["depth"] = 1


def tags_the_company_of_a_failure(hand: Hand) -> Proof:
    with hand.step():
        hand.fails(ValueError())
    with hand.step():
        hand.idle()
    seen = yield
    seen.run.tags.append("beside a failure")


def keeps_two_runs_at_a_time(hand: Hand) -> Proof:
    with hand.step() as one, hand.step():
        one.log({"loss": 1})
        with hand.step() as three:
            one.log({"loss": 2})
            three.log({"loss": 3})
    seen = yield
    del seen.run.metrics[1]
    seen.runs[2].metrics.clear()


def does_not_tag_retries(hand: Hand) -> Proof:
    hand.fails(ValueError(), retry="step", tags=["a"])
    hand.idle(retry="step", tags=["a"])
    seen = yield
    seen.runs[1].tags.clear()


def counts_two_attempts(hand: Hand) -> Proof:
    for _ in range(3):
        hand.fails(ValueError(), retry="step")
    seen = yield
    seen.runs[2].attempt = 2
