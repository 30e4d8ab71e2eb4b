"""Comparing what is stored with what is promised, and counting that something was compared.

A trial that compares nothing proves nothing: without a count its clause has no verdict.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import hypothesis

from tracker_contracts.difference import difference
from tracker_contracts.drivers.bounds import Bounds


@dataclass
class Tally:
    """What a trial did so far."""

    examples: int = 0
    comparisons: int = 0
    wanted: int = 6
    """Examples that the profile gives the trial, for one that searches by itself."""
    shrink: bool = True
    """Whether it is to make its first counterexample small."""
    bounds: Bounds = field(default_factory=lambda: Bounds(1))
    """What it may cost in time."""
    uncompared: str = ""
    """What of the promise could not be compared."""


tally: ContextVar[Tally] = ContextVar("tracker_contracts_tally")


def note(text: str) -> None:
    """Tell what is done in an example, for the story of a failure."""
    tally.get().bounds.notes.append(text)
    if hypothesis.currently_in_test_context():
        hypothesis.note(text)


def not_compared(what: str) -> None:
    """Tell, beside the verdict, what part of the promise was not compared, and why."""
    tally.get().uncompared = what


def expect(stored: Any, promised: Any, why: str) -> None:
    """Both must be equal; `why` says which promise is broken if they are not."""
    expect_that(stored == promised, f"{why}: {difference(stored, promised)}" if stored != promised else why)


def expect_that(holds: bool, why: str) -> None:
    """It must hold; `why` says which promise is broken if it does not."""
    tally.get().comparisons += 1
    if not holds:
        raise BrokenPromise(why)


class BrokenPromise(AssertionError):
    """A tracker broke a clause."""
