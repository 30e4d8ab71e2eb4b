"""Tries a tracker clause by clause, and reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tracker_contracts.clauses import Clause
from tracker_contracts.examiner import Examiner
from tracker_contracts.messages import Begun, Judged
from tracker_contracts.report import Report
from tracker_contracts.verdict import Finding

Progress = Callable[[Clause, Begun | Judged], None]


def check(examiner: Examiner, clauses: Sequence[Clause], progress: Progress) -> Report:
    """Try the clauses on a tracker that is running.

    Args:
        examiner: The tracker.
        clauses: What to try, in the order of the contract.
        progress: Told of each trial's begin and end.

    Raises:
        HarnessBroken: The harness turned out to be at fault, not the tracker.
    """
    findings: list[Finding] = []
    for clause in clauses:
        for message in examiner.judge(clause):
            progress(clause, message)
            if isinstance(message, Judged):
                findings.append(message.finding)
    return Report.of(examiner.tried, clauses, findings)
