"""Several examiners of one tracker at the same time: what waits for other processes keeps none of the rest waiting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from tracker_contracts.clauses import Clause, Driver
from tracker_contracts.engine.examiner import Examiner
from tracker_contracts.profiles import Profile

SHARES = ((Driver.DIRECT,), (Driver.PIPELINE, Driver.PROCESS))
"""Which drivers one examiner tries; each half takes about as long as the other."""


@contextmanager
def panel(
    spec: str,
    profile: Profile,
    clauses: Sequence[Clause],
    seed: int | None = None,
    drivers: Sequence[Driver] = tuple(Driver),
) -> Iterator[list[Examiner]]:
    """Examiners of a tracker, running, who together try the clauses with all drivers.

    Args:
        spec: The harness.
        profile: How hard to try.
        clauses: What they will be asked for.
        seed: Where the search for counterexamples starts.
        drivers: Those to try the clauses with.

    Raises:
        HarnessBroken: The harness is not what it says; nothing was tried.
    """
    wanted = [[driver for driver in share if driver in drivers] for share in SHARES]
    shares = [share for share in wanted if _has_work(share, clauses, profile)] or [wanted[0] or wanted[1]]
    examiners = [Examiner(spec, profile, seed, share) for share in shares]
    with ExitStack() as stack:
        for examiner in examiners:
            stack.push(examiner)  # before it is entered: if one can't start, the others are to end all the same
        with ThreadPoolExecutor(len(examiners)) as pool:
            list(pool.map(Examiner.__enter__, examiners))
        yield examiners


def _has_work(share: Sequence[Driver], clauses: Sequence[Clause], profile: Profile) -> bool:
    return any(profile.examples(driver) and driver in clause.drivers for driver in share for clause in clauses)
