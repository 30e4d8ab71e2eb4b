"""Several examiners of one tracker at the same time: what waits for other processes keeps none of the rest waiting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from tracker_contracts.clauses import Driver
from tracker_contracts.engine.examiner import Examiner
from tracker_contracts.profiles import Profile

MOST = 2
"""Examiners at once; with more, steps would wait for each other rather than for the tracker."""


@contextmanager
def panel(
    spec: str,
    profile: Profile,
    seed: int | None = None,
    drivers: Sequence[Driver] = tuple(Driver),
    most: int = MOST,
) -> Iterator[list[Examiner]]:
    """Examiners of a tracker, running, who together try the clauses with all drivers.

    Args:
        spec: The harness.
        profile: How hard to try.
        seed: Where the search for counterexamples starts.
        drivers: Those to try the clauses with.
        most: How many examiners there are something to do for.

    Raises:
        HarnessBroken: The harness is not what it says; nothing was tried.
    """
    examiners = [Examiner(spec, profile, seed, drivers) for _ in range(most)]
    with ExitStack() as stack:
        for examiner in examiners:
            stack.push(examiner)  # before it is entered: if one can't start, the others are to end all the same
        with ThreadPoolExecutor(len(examiners)) as pool:
            list(pool.map(Examiner.__enter__, examiners))
        yield examiners
