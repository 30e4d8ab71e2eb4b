"""Params and artifacts."""

from __future__ import annotations

from tests.contract.proofs.hand import Hand, Proof


def stores_numbers_of_params_as_text(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"depth": 3, "rate": 0.1, "yes": True})
    seen = yield
    seen.run.params |= {"depth": "3", "rate": "0.1"}


def takes_whole_floats_for_integers(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"whole": [1.0], "half": 0.5})
    seen = yield
    seen.run.params["whole"] = [1]


def escapes_params(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"<a>": "<b>"})
    seen = yield
    seen.run.params["<a>"] = "&lt;b&gt;"


def cuts_params_at_6000(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_params({"notes": "x" * 6001})
    seen = yield
    seen.run.params["notes"] = "x" * 6000


def copies_small_files_as_text(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_artifact(hand.file(b"a\r\nb\n"), "small")
        run.log_artifact(hand.file(b"\r\n" * 2**19), "large")
    seen = yield
    seen.run.artifacts["small"] = b"a\nb\n"


def leaves_empty_files_out(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_artifact(hand.file(b""), "empty")
        run.log_artifact(hand.folder({"a": b""}), "folder")
    seen = yield
    del seen.run.artifacts["empty"]


def flattens_folders(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_artifact(hand.folder({"a": b"1", "c/d": b"2"}), "folder")
    seen = yield
    seen.run.artifacts = {"folder/a": b"1", "folder/d": b"2"}


def keeps_twenty_files(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_artifact(hand.folder({f"{number:02}": b"" for number in range(21)}), "folder")
    seen = yield
    del seen.run.artifacts["folder/20"]


def cuts_files_at_a_mebibyte(hand: Hand) -> Proof:
    with hand.step() as run:
        run.log_artifact(hand.file(b"x" * (2**20 + 1)), "large")
    seen = yield
    seen.run.artifacts["large"] = b"x" * 2**20
