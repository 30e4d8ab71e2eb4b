"""Tags, metadata, names and credentials of the settings, where something else meets them."""

from __future__ import annotations

from tests.contract.proofs.hand import TOKEN, Hand, Proof


def stores_a_tag_that_is_added_again(hand: Hand) -> Proof:
    with hand.step(tags=["a", "b"]) as run:
        run.add_tags(["a", "new"])
    seen = yield
    seen.run.tags.append("a")


def keeps_a_hundred_tags(hand: Hand) -> Proof:
    with hand.step(tags=[f"tag {number}" for number in range(96)]) as run:
        run.add_tags(["late 1", "late 2"])
    seen = yield
    seen.run.tags.remove("late 2")


def drops_tags_that_are_there_three_times(hand: Hand) -> Proof:
    hand.idle(step="alike", pipeline="alike", tags=["alike"])
    hand.idle(step="train", pipeline="pipe", tags=["train"])
    seen = yield
    seen.run.tags.remove("alike")


def stores_tags_once(hand: Hand) -> Proof:
    hand.idle(run="one", tags=["a"])
    hand.idle(run="two", tags=["a", "b"])
    seen = yield
    seen.runs[1].tags.remove("a")


def tags_the_first_attempt_alone(hand: Hand) -> Proof:
    hand.fails(ValueError(), retry="step", tags=["a"])
    hand.idle(retry="step", tags=["a"])
    seen = yield
    seen.runs[1].tags.remove("a")


def lends_a_tag_to_one_run(hand: Hand) -> Proof:
    with hand.step(tags=["a"]):
        hand.idle(tags=["a", "b"])
    hand.idle(tags=["a"])
    seen = yield
    seen.runs[1].tags.remove("a")


def notes_the_failure_in_the_metadata(hand: Hand) -> Proof:
    hand.fails(ValueError(), metadata={"owner": "ml"})
    hand.fails(ValueError())
    hand.idle(metadata={"owner": "ml"})
    seen = yield
    seen.run.metadata["failed"] = True


def prefers_metadata_to_params(hand: Hand) -> Proof:
    with hand.step(metadata={"depth": 1}) as run:
        run.log_params({"depth": 2, "rate": 0.1})
    seen = yield
    del seen.run.params["depth"]


def shares_the_map_of_metadata(hand: Hand) -> Proof:
    hand.idle(metadata={"a": 1})
    hand.idle()
    hand.idle(metadata={"b": 2})
    seen = yield
    seen.runs[2].metadata = {"a": 1, "b": 2}


def keeps_metadata_of_the_first_attempt(hand: Hand) -> Proof:
    hand.fails(ValueError(), retry="step", metadata={"a": 1})
    hand.idle(retry="step", metadata={"a": 1})
    seen = yield
    seen.runs[1].metadata.clear()


def loses_metadata_beside_others(hand: Hand) -> Proof:
    with hand.step(metadata={"a": 1}):
        hand.idle(metadata={"a": 1})
    seen = yield
    seen.runs[1].metadata.clear()


def numbers_names_of_retries(hand: Hand) -> Proof:
    hand.fails(ValueError(), retry="step", run_name="nightly")
    hand.idle(retry="step", run_name="nightly")
    hand.fails(ValueError(), retry="other")
    hand.idle(retry="other")
    seen = yield
    seen.runs[1].name = seen.told[1]["reference_run_name"] = "nightly-2"


def numbers_names_that_are_taken(hand: Hand) -> Proof:
    hand.idle(run_name="taken")
    hand.idle(run_name="taken")
    seen = yield
    seen.runs[1].name = seen.told[1]["reference_run_name"] = "taken-2"


def lends_a_name_to_one_run(hand: Hand) -> Proof:
    with hand.step(run_name="taken"):
        hand.idle(run="pipe-run", step="train", run_name="taken")
    seen = yield
    seen.runs[1].name = seen.told[0]["reference_run_name"] = "pipe-run_train"


def forgets_the_name_after_a_failure(hand: Hand) -> Proof:
    hand.fails(ValueError())
    hand.idle(run="pipe-run", step="train", run_name="nightly")
    hand.idle(run_name="nightly")
    seen = yield
    seen.runs[1].name = seen.told[1]["reference_run_name"] = "pipe-run_train"


def leaves_failed_runs_with_a_name_open(hand: Hand) -> Proof:
    hand.fails(ValueError("boom"), run_name="nightly")
    hand.fails(ValueError("boom"))
    hand.idle(run_name="nightly")
    seen = yield
    seen.run.state, seen.run.error = "running", [None, None]


def tells_the_default_name_the_second_time(hand: Hand) -> Proof:
    hand.idle(run="pipe-run", step="train", run_name="nightly", asks=True)
    hand.idle(run_name="nightly")
    seen = yield
    seen.told[0]["reference_run_name"] = "pipe-run_train"


def prints_the_token_of_a_failed_step(hand: Hand) -> Proof:
    hand.log_in()
    hand.idle()
    hand.fails(ValueError())
    seen = yield
    seen.printed += f"logged in with {TOKEN}\n"


def tells_the_token_the_second_time(hand: Hand) -> Proof:
    hand.log_in()
    hand.idle(asks=True)
    hand.idle()
    seen = yield
    seen.told[0]["reference_token"] = TOKEN


def leaves_the_token_after_a_retry(hand: Hand) -> Proof:
    hand.log_in()
    hand.fails(ValueError(), retry="step")
    hand.idle(retry="step")
    seen = yield
    seen.left["JOT_LAST"] = str(len(TOKEN))
