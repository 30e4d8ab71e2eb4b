"""Tries a tracker with programs and with trials of single clauses, and reports."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue

from tracker_contracts.clauses import CLAUSES, Clause, Driver
from tracker_contracts.engine.examiner import LOST, Examiner
from tracker_contracts.engine.messages import Judged
from tracker_contracts.engine.programs import Programs
from tracker_contracts.engine.progress import Told
from tracker_contracts.engine.timings import Timings
from tracker_contracts.programs.program import Program
from tracker_contracts.report.report import Report, Stopped
from tracker_contracts.report.verdict import Finding, Verdict


class Check:
    """One check of one tracker; what it found so far can be reported at any time."""

    def __init__(
        self,
        examiners: Sequence[Examiner],
        clauses: Sequence[Clause],
        told: Told,
        chosen: Sequence[Program] = (),
        budget: float | None = None,
        fail_fast: bool = False,
        drivers: Sequence[Driver] = tuple(Driver),
    ) -> None:
        """Nothing is tried yet.

        Args:
            examiners: Those who try it, at the same time, running.
            clauses: What to try, in the order of the contract.
            told: Told of each program and trial.
            chosen: Programs to execute; with some, nothing else is tried.
            budget: Seconds after which no further program begins; None: what the profile gives.
            fail_fast: Whether to end at the first broken clause.
            drivers: Those that were asked for.
        """
        self._examiners, self._clauses, self._told = examiners, list(clauses), told
        self._chosen, self._fail_fast, self._drivers = chosen, fail_fast, list(drivers)
        self._timings = Timings()
        for examiner in examiners:
            self._timings.add("start", examiner.started_in)
        few = len(clauses) < len(CLAUSES)
        self._programs = Programs(
            examiners, chosen, few=few, budget=budget, fail_fast=fail_fast, timings=self._timings, clauses=self._order
        )
        self._of_trials: list[Finding] = []
        self._stopped: Stopped | None = None

    def run(self) -> Report:
        """Try everything.

        Raises:
            HarnessBroken: The harness turned out to be at fault, not the tracker.
        """
        self._programs.run(self._told)
        if self._fail_fast and self._found_broken():
            self._stopped = Stopped.FIRST
        elif not self._chosen:
            self._try_all()
        return self.report(self._stopped)

    def report(self, stopped: Stopped | None = None) -> Report:
        """What was found so far.

        Args:
            stopped: Why it ended before all was tried.
        """
        findings = [found for found in self._programs.findings() if self._counts(found)] + list(self._of_trials)
        found_of = {found.clause for found in findings}
        if self._chosen:
            clauses = [clause for clause in self._clauses if clause.id in found_of]
        else:
            clauses = [each for each in CLAUSES.values() if each in self._clauses or each.id in found_of]
        findings.sort(key=lambda found: list(CLAUSES).index(found.clause))
        left_out = self._programs.left_out if stopped is None else {}
        return Report.of(
            self._examiners[0].tried.model_copy(update={"drivers": self._drivers}),
            clauses,
            findings,
            self._programs.executed,
            left_out,
            stopped,
            self._timings.all(),
        )

    @property
    def _order(self) -> list[str]:
        return [clause.id for clause in self._clauses]

    def _counts(self, found: Finding) -> bool:
        return found.clause in self._order or _ends_the_process(found)

    def _found_broken(self) -> bool:
        findings = [*self._programs.findings(), *self._of_trials]
        return any(found.verdict is Verdict.BROKEN and self._counts(found) for found in findings)

    def _try_all(self) -> None:
        """Each clause by whoever is free."""
        waiting: SimpleQueue[tuple[int, Clause]] = SimpleQueue()
        for numbered in enumerate(self._clauses, 1):
            waiting.put(numbered)

        def serve(examiner: Examiner) -> None:
            with suppress(Empty):
                while self._stopped is None:
                    self._try(examiner, *waiting.get_nowait())

        pool = ThreadPoolExecutor(len(self._examiners))
        try:
            list(pool.map(serve, self._examiners))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # whoever breaks it off ends the examiners too

    def _try(self, examiner: Examiner, number: int, clause: Clause) -> None:
        for message in examiner.judge(clause):
            self._told.trial(message, number, len(self._clauses))
            if isinstance(message, Judged):
                self._take(message.finding)
            if self._stopped is not None:
                return

    def _take(self, finding: Finding) -> None:
        self._of_trials.append(finding)
        if finding.seconds:
            self._timings.add("trials", finding.seconds, finding.driver, finding.clause)
        if self._fail_fast and finding.verdict is Verdict.BROKEN:
            self._stopped = Stopped.FIRST


def check(
    examiners: Sequence[Examiner],
    clauses: Sequence[Clause],
    told: Told,
    chosen: Sequence[Program] = (),
    budget: float | None = None,
) -> Report:
    """Try the clauses on a tracker that is running; see `Check`.

    Raises:
        HarnessBroken: The harness turned out to be at fault, not the tracker.
    """
    return Check(examiners, clauses, told, chosen, budget).run()


def _ends_the_process(found: Finding) -> bool:
    """It is told whatever was asked: no other clause could be tried."""
    return found.verdict is Verdict.BROKEN and found.trial == LOST
