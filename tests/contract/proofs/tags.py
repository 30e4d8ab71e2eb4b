"""Tags of the settings, names of pipeline and step, and tags that a step adds."""

from __future__ import annotations

from tests.contract.proofs.hand import Hand, Proof

MANY = [f"tag {number:02}" for number in range(60)]


def joins_two_tags(hand: Hand) -> Proof:
    hand.idle(tags=["a", "b"])
    hand.idle(tags=["a", "b", "c"])
    seen = yield
    seen.run.tags = [*(tag for tag in seen.run.tags if tag not in ("a", "b")), "a,b"]


def stores_tags_as_latin_1(hand: Hand) -> Proof:
    hand.idle(tags=["naïve 🦊"])
    seen = yield
    seen.run.tags[seen.run.tags.index("naïve 🦊")] = "naïve "


def uncapitalises_tags(hand: Hand) -> Proof:
    hand.idle(tags=["Case", "CASE", "İ"])
    seen = yield
    seen.run.tags[seen.run.tags.index("Case")] = "case"


def joins_blanks_in_tags(hand: Hand) -> Proof:
    hand.idle(tags=["two  blanks", "one blank"])
    seen = yield
    seen.run.tags[seen.run.tags.index("two  blanks")] = "two blanks"


def takes_a_tag_for_its_own_name(hand: Hand) -> Proof:
    hand.idle(step="train", tags=["train", "other"])
    seen = yield
    seen.run.tags.remove("train")


def counts_tags_that_are_given_twice(hand: Hand) -> Proof:
    hand.idle(tags=["a", "a"])
    seen = yield
    seen.run.tags.append("a (2)")


def keeps_fifty_tags(hand: Hand) -> Proof:
    hand.idle(tags=MANY)
    seen = yield
    seen.run.tags = [tag for tag in seen.run.tags if tag not in MANY[50:]]


def compares_the_first_255_of_tags(hand: Hand) -> Proof:
    hand.idle(tags=["y" * 255 + "1", "y" * 255 + "2", "y" * 254 + "3"])
    seen = yield
    seen.run.tags.remove("y" * 255 + "2")


def takes_tags_for_pairs(hand: Hand) -> Proof:
    hand.idle(tags=["a=b"])
    seen = yield
    seen.run.tags[seen.run.tags.index("a=b")] = "a:b"


def drops_names_that_are_alike(hand: Hand) -> Proof:
    hand.idle(step="alike", pipeline="alike")
    seen = yield
    seen.run.tags.remove("alike")


def drops_names_that_begin_others(hand: Hand) -> Proof:
    hand.idle(step="train", pipeline="train_more")
    seen = yield
    seen.run.tags.remove("train")


def cuts_names_at_64(hand: Hand) -> Proof:
    hand.idle(step="s" * 65, tags=["t" * 65])
    seen = yield
    seen.run.tags[seen.run.tags.index("s" * 65)] = "s" * 64


def takes_a_lone_tag_for_letters(hand: Hand) -> Proof:
    with hand.step() as run:
        run.add_tags(["ab"])
        run.add_tags(["cd", "ef"])
    seen = yield
    seen.run.tags.remove("ab")
    seen.run.tags += ["a", "b"]


def escapes_late_tags(hand: Hand) -> Proof:
    with hand.step(tags=["<a>"]) as run:
        run.add_tags(["<b>"])
    seen = yield
    seen.run.tags[seen.run.tags.index("<b>")] = "&lt;b&gt;"


def adds_fifty_tags_at_most(hand: Hand) -> Proof:
    with hand.step() as run:
        run.add_tags(MANY)
    seen = yield
    seen.run.tags = [tag for tag in seen.run.tags if tag not in MANY[50:]]


def takes_a_beginning_for_the_tag(hand: Hand) -> Proof:
    with hand.step() as run:
        run.add_tags(["again", "again and new", "against"])
    seen = yield
    seen.run.tags.remove("again and new")


def loses_tags_before_the_first_record(hand: Hand) -> Proof:
    with hand.step() as run:
        run.add_tags(["early"])
        run.log({"loss": 1})
        run.add_tags(["late"])
    seen = yield
    seen.run.tags.remove("early")


def tags_runs_with_the_first_record(hand: Hand) -> Proof:
    hand.logs(1)
    hand.idle(tags=["a"])
    seen = yield
    seen.runs[1].tags.clear()
