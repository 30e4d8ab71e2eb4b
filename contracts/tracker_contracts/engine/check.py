"""Tries a tracker with programs and with trials of single clauses, and reports."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tracker_contracts.clauses import CLAUSES, Clause
from tracker_contracts.engine.examiner import LOST, Examiner
from tracker_contracts.engine.messages import Judged
from tracker_contracts.engine.programs import Programs
from tracker_contracts.engine.progress import Told
from tracker_contracts.programs.program import Program
from tracker_contracts.report.report import Report
from tracker_contracts.report.verdict import Finding, Verdict


def check(
    examiners: Sequence[Examiner],
    clauses: Sequence[Clause],
    told: Told,
    chosen: Sequence[Program] = (),
    budget: float | None = None,
) -> Report:
    """Try the clauses on a tracker that is running.

    Args:
        examiners: Those who try it, at the same time.
        clauses: What to try, in the order of the contract.
        told: Told of each program and trial.
        chosen: Programs to execute; with some, nothing else is tried.
        budget: Seconds after which no further program begins; None: what the profile gives.

    Raises:
        HarnessBroken: The harness turned out to be at fault, not the tracker.
    """
    order = [clause.id for clause in clauses]
    programs = Programs(examiners, chosen, few=len(clauses) < len(CLAUSES), budget=budget)
    findings = [found for found in programs.run(told) if found.clause in order or _ends_the_process(found)]
    found_of = {found.clause for found in findings}
    if chosen:
        clauses = [clause for clause in clauses if clause.id in found_of]
    else:
        findings += _of_trials(examiners, clauses, told)
        clauses = [each for each in CLAUSES.values() if each in clauses or each.id in found_of - {*order}]
    findings.sort(key=lambda found: list(CLAUSES).index(found.clause))
    return Report.of(examiners[0].tried, clauses, findings, programs.executed, programs.left_out)


def _ends_the_process(found: Finding) -> bool:
    """It is told whatever was asked: no other clause could be tried."""
    return found.verdict is Verdict.BROKEN and found.trial == LOST


def _of_trials(examiners: Sequence[Examiner], clauses: Sequence[Clause], told: Told) -> list[Finding]:
    pool = ThreadPoolExecutor(len(examiners))
    try:
        parts = list(pool.map(lambda each: _findings(each, clauses, told), examiners))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # whoever breaks it off ends the examiners too
    return [finding for part in parts for finding in part]


def _findings(examiner: Examiner, clauses: Sequence[Clause], told: Told) -> list[Finding]:
    found = []
    for number, clause in enumerate(clauses, 1):
        for message in examiner.judge(clause):
            told.trial(message, number, len(clauses))
            if isinstance(message, Judged):
                found.append(message.finding)
    return found
