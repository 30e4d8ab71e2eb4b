"""Tries a tracker clause by clause, and reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from tracker_contracts.clauses import Clause
from tracker_contracts.examiner import Examiner
from tracker_contracts.messages import Begun, Judged
from tracker_contracts.report import Report
from tracker_contracts.verdict import Finding

Progress = Callable[[Clause, Begun | Judged], None]


def check(examiners: Sequence[Examiner], clauses: Sequence[Clause], progress: Progress) -> Report:
    """Try the clauses on a tracker that is running.

    Args:
        examiners: Those who try it, at the same time.
        clauses: What to try, in the order of the contract.
        progress: Told of each trial's begin and end.

    Raises:
        HarnessBroken: The harness turned out to be at fault, not the tracker.
    """
    pool = ThreadPoolExecutor(len(examiners))
    try:
        parts = list(pool.map(lambda each: list(_findings(each, clauses, progress)), examiners))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # whoever breaks it off ends the examiners too
    order = [clause.id for clause in clauses]
    findings = sorted((finding for part in parts for finding in part), key=lambda found: order.index(found.clause))
    return Report.of(examiners[0].tried, clauses, findings)


def _findings(examiner: Examiner, clauses: Sequence[Clause], progress: Progress) -> Iterator[Finding]:
    for clause in clauses:
        for message in examiner.judge(clause):
            progress(clause, message)
            if isinstance(message, Judged):
                yield message.finding
