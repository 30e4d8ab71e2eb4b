"""Of a tracker with forty defects, each is named: by its clause, and by a program that has the values it shows at."""

from __future__ import annotations

import pytest
from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.engine.check import check
from tracker_contracts.engine.examiner import Examiner
from tracker_contracts.engine.progress import Told
from tracker_contracts.profiles import QUICK
from tracker_contracts.reference.mutants.catalogue import MUTANTS
from tracker_contracts.reference.mutants.mutant import Mutant
from tracker_contracts.reference.mutants.worst import DEFECTS, WorstHarness
from tracker_contracts.report.verdict import Finding, Verdict

BUDGET = 600
"""Seconds: half of them may go into searches, and forty defects need many."""
OF_IT = [mutant for mutant in MUTANTS if mutant.harness.__name__ in {f"{part.__name__}Harness" for part in DEFECTS}]


def test_it_has_forty_defects() -> None:
    assert len(OF_IT) == len(DEFECTS) == 40


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_each_defect_is_named() -> None:
    spec = f"{WorstHarness.__module__}:{WorstHarness.__name__}"
    with Examiner(spec, QUICK, drivers=(Driver.DIRECT,)) as examiner:
        report = check([examiner], list(CLAUSES.values()), Told(), budget=BUDGET)
    broken = [finding for finding in report.findings if finding.verdict is Verdict.BROKEN]
    assert {mutant.name for mutant in OF_IT if not any(_names(each, mutant) for each in broken)} == set()


def _names(finding: Finding, mutant: Mutant) -> bool:
    return finding.clause == mutant.clause and all(value in finding.program for value in mutant.shows)
