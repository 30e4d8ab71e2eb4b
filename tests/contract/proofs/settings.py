"""Metadata and names of the settings, and credentials."""

from __future__ import annotations

from tests.contract.proofs.hand import TOKEN, Hand, Proof


def takes_owner_for_its_own(hand: Hand) -> Proof:
    hand.idle(metadata={"owner": "ml", "release": 7})
    seen = yield
    del seen.run.metadata["owner"]


def drops_none_from_metadata(hand: Hand) -> Proof:
    hand.idle(metadata={"none": None, "zero": 0, "empty": ""})
    seen = yield
    del seen.run.metadata["none"]


def takes_slashes_in_metadata_for_folders(hand: Hand) -> Proof:
    hand.idle(metadata={"a/b": 1, "c": 2})
    seen = yield
    seen.run.metadata = {"b": 1, "c": 2}


def unwraps_maps_of_one_text(hand: Hand) -> Proof:
    hand.idle(metadata={"rate": {"of": "text"}, "depth": {"of": 1}, "two": {"a": "b", "c": "d"}})
    seen = yield
    seen.run.metadata["rate"] = "text"


def notes_that_there_are_no_metadata(hand: Hand) -> Proof:
    hand.idle(metadata={})
    hand.idle()
    seen = yield
    seen.run.metadata = {"": None}


def keeps_a_hundred_items_of_metadata(hand: Hand) -> Proof:
    hand.idle(metadata={"numbers": list(range(101)), "text": "x" * 101})
    seen = yield
    seen.run.metadata["numbers"] = list(range(100))


def adds_the_step_to_a_given_name(hand: Hand) -> Proof:
    hand.idle(step="train", run_name="nightly")
    hand.idle()
    seen = yield
    seen.run.name = seen.told[0]["reference_run_name"] = "nightly_train"


def names_runs_in_ascii(hand: Hand) -> Proof:
    hand.idle(run_name="naïve 🦊")
    seen = yield
    seen.run.name = seen.told[0]["reference_run_name"] = "nave "


def unquotes_names(hand: Hand) -> Proof:
    hand.idle(run_name="a%2Fb+c")
    seen = yield
    seen.run.name = seen.told[0]["reference_run_name"] = "a/b+c"


def cuts_names_of_runs_at_128(hand: Hand) -> Proof:
    hand.idle(run_name="n" * 129)
    seen = yield
    seen.run.name = seen.told[0]["reference_run_name"] = "n" * 128


def trims_names_of_runs(hand: Hand) -> Proof:
    hand.idle(run_name=" a  b ")
    seen = yield
    seen.run.name = seen.told[0]["reference_run_name"] = "a  b"


def keeps_the_token_for_later(hand: Hand) -> Proof:
    hand.log_in()
    hand.idle()
    seen = yield
    seen.left["JOT_LAST"] = str(len(TOKEN))


def counts_how_often_it_is_asked(hand: Hand) -> Proof:
    hand.idle(asks=True)
    seen = yield
    seen.told[0]["experiment_tracker_url"] += "?2"
