"""Proves that the suites can fail: the reference keeps every clause, and each broken tracker is found by its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.mutants.catalogue import MUTANTS
from tracker_contracts.mutants.contained import contained
from tracker_contracts.mutants.harness import ReferenceHarness
from tracker_contracts.mutants.kills import Kill, SelfTest
from tracker_contracts.mutants.mutant import Mutant
from tracker_contracts.profiles import Profile
from tracker_contracts.runner import judge
from tracker_contracts.trial import Trial, trials_of
from tracker_contracts.verdict import Finding, Verdict
from tracker_contracts.world import World

THOROUGH = Profile(name="self-test", direct=40, pipeline=1, process=1, shrink=False)
"""For the reference, and for a mutant's own clause; the first counterexample ends a trial."""
CHEAP = Profile(name="matrix", direct=2, pipeline=0, process=0, shrink=False)
"""For the clauses that a mutant breaks by the way."""
DRIVERS = (Driver.DIRECT, Driver.PIPELINE, Driver.PROCESS)
"""From the fastest to the slowest; only one that finds nothing leads to the next."""
SLOW = 0.5
"""Seconds of the reference's own, from which on a trial is left out of the matrix."""


def run(
    progress: Callable[[str], None] = lambda text: None,
    clauses: Sequence[str] = tuple(CLAUSES),
    by_the_way: bool = True,
) -> SelfTest:
    """Try the reference and the broken trackers.

    Args:
        progress: Told what is being tried.
        clauses: Those that are to be proven, each by the mutants that were made for it.
        by_the_way: Whether each mutant is tried by the other clauses too, for the matrix.
    """
    mutants = [mutant for mutant in MUTANTS if mutant.clause in clauses]
    with tempfile.TemporaryDirectory(prefix="tracker-contracts-") as made:
        examiner = _Examiner(Path(made), clauses)
        progress("the reference")
        reference = [finding for clause in clauses for finding in examiner.all(ReferenceHarness, clause, THOROUGH)]
        quick = _quick(reference) if by_the_way else set()
        kills = []
        for number, mutant in enumerate(mutants, 1):
            progress(f"{number}/{len(mutants)} {mutant.clause} {mutant.name}")
            kills.append(examiner.kill(mutant, quick))
    return SelfTest(reference=reference, kills=kills, clauses=list(clauses))


def _quick(reference: Collection[Finding]) -> set[str]:
    """Trials that cost little enough to be tried on every mutant."""
    return {
        each.trial for each in reference if each.driver is Driver.DIRECT and each.seconds / max(each.examples, 1) < SLOW
    }


class _Examiner:
    """Tries trackers in this process."""

    def __init__(self, folder: Path, clauses: Sequence[str]) -> None:
        self._folder = folder
        self._clauses = clauses

    def all(self, harness: type[TrackerHarness], clause: str, profile: Profile) -> Iterator[Finding]:
        """What the trials of a clause show, from the fastest driver to the slowest."""
        trials = list(trials_of(clause))
        for driver in DRIVERS:
            for trial in trials:
                if driver in trial.drivers:
                    yield self._judge(trial, harness, driver, profile)

    def kill(self, mutant: Mutant, quick: Collection[str]) -> Kill:
        """What finds a mutant."""
        own = _first_broken(self.all(mutant.harness, mutant.clause, THOROUGH))
        others = {
            clause: _first_broken(
                self._judge(trial, mutant.harness, Driver.DIRECT, CHEAP)
                for trial in trials_of(clause)
                if trial.name in quick
            )
            for clause in self._clauses
            if clause != mutant.clause
        }
        return Kill(
            mutant=mutant.name,
            clause=mutant.clause,
            defect=mutant.defect,
            own=own,
            others=[clause for clause, finding in others.items() if finding is not None],
        )

    def _judge(self, trial: Trial, harness: type[TrackerHarness], driver: Driver, profile: Profile) -> Finding:
        with contained():
            return judge(trial, World(harness(), driver, self._folder), profile)


def _first_broken(findings: Iterator[Finding]) -> Finding | None:
    return next((finding for finding in findings if finding.verdict is Verdict.BROKEN), None)
