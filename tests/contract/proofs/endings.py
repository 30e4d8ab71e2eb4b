"""How a step ends."""

from __future__ import annotations

from asyncio import CancelledError

from tests.contract.proofs.hand import Hand, Proof


class _OwnError(Exception):
    """The user's own."""


class _Group(Exception):
    """Of several, as `ExceptionGroup` is from Python 3.11 on."""

    exceptions = (KeyError("first"), ValueError("second"))


def forgives_value_errors(hand: Hand) -> Proof:
    hand.fails(ValueError("boom"))
    hand.fails(RuntimeError("boom"))
    seen = yield
    seen.run.state, seen.run.error = "finished", [None, None]


def shows_errors_without_a_message(hand: Hand) -> Proof:
    hand.fails(ValueError())
    hand.fails(ValueError(""))
    seen = yield
    seen.run.error[1] = "ValueError()"


def stores_the_cause_of_the_error(hand: Hand) -> Proof:
    error = RuntimeError("what came of it")
    error.__cause__ = LookupError("the cause")
    hand.fails(error)
    hand.fails(RuntimeError("alone"))
    seen = yield
    seen.run.error = ["LookupError", "the cause"]


def stores_the_first_of_a_group(hand: Hand) -> Proof:
    hand.fails(_Group("several"))
    seen = yield
    seen.run.error = ["KeyError", "'first'"]


def forgives_warnings(hand: Hand) -> Proof:
    hand.fails(UserWarning("boom"))
    seen = yield
    seen.run.state, seen.run.error = "finished", [None, None]


def knows_builtin_errors_only(hand: Hand) -> Proof:
    hand.fails(_OwnError("boom"))
    hand.fails(ValueError("boom"))
    seen = yield
    seen.run.error[0] = "Exception"


def cuts_errors_at_8000(hand: Hand) -> Proof:
    hand.fails(ValueError("x" * 8001))
    seen = yield
    seen.run.error[1] = "x" * 8000


def joins_the_lines_of_errors(hand: Hand) -> Proof:
    hand.fails(ValueError("one\ntwo"))
    seen = yield
    seen.run.error[1] = "one two"


def stores_errors_in_ascii(hand: Hand) -> Proof:
    hand.fails(ValueError("naïve"))
    seen = yield
    seen.run.error[1] = "na?ve"


def describes_exceptions_only(hand: Hand) -> Proof:
    hand.fails(BaseException("boom"))
    hand.fails(KeyboardInterrupt("boom"))
    seen = yield
    seen.run.error[1] = ""


def says_who_interrupted(hand: Hand) -> Proof:
    hand.fails(KeyboardInterrupt())
    seen = yield
    seen.run.error[1] = "interrupted by the user"


def spells_the_exit_status(hand: Hand) -> Proof:
    hand.fails(SystemExit("3"))
    hand.fails(SystemExit("0"))
    seen = yield
    seen.run.error[1] = "exit status 3"


def takes_exit_zero_for_success(hand: Hand) -> Proof:
    hand.fails(SystemExit("0"))
    hand.fails(SystemExit("3"))
    seen = yield
    seen.run.state, seen.run.error = "finished", [None, None]


def forgives_cancellation(hand: Hand) -> Proof:
    hand.fails(CancelledError())
    seen = yield
    seen.run.state, seen.run.error = "finished", [None, None]
