"""The contract as a test class: `class TestMyTracker(ExperimentTrackerContract): harness = MyHarness`.

pytest then has one test for each clause. Whether each clause got a verdict is kept by the plugin of this package: a
test that is skipped, overridden or deselected is no verdict, and has pytest end with status 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from tracker_contracts.clauses import CLAUSES, Clause
from tracker_contracts.harness import HarnessBroken, TrackerHarness
from tracker_contracts.manifest import Conclusion, manifest_of
from tracker_contracts.report.report import ClauseVerdict
from tracker_contracts.report.terminal import reason, told
from tracker_contracts.report.verdict import Finding, Verdict

WORDS = 7
"""Of a clause's sentence, in the name of its test."""


class ExperimentTrackerContract:
    """Inherit from this, and set `harness`; each clause is then a test.

    How hard is tried is taken from the variable `TRACKER_CONTRACTS_PROFILE`: quick, which it is without, default or
    thorough.
    """

    harness: ClassVar[type[TrackerHarness]]

    def __init_subclass__(cls, **more: Any) -> None:
        """Have pytest collect each class that has a harness, whatever its name is."""
        super().__init_subclass__(**more)
        cls.__test__ = hasattr(cls, "harness")  # type: ignore[attr-defined]


def test_name(clause: Clause) -> str:
    """The test's name: the id, and how the clause begins."""
    words = re.findall(r"[a-z0-9]+", clause.sentence.replace("'", "").lower())
    return "_".join(["test", clause.id, *words[:WORDS]])


def _test_of(clause: Clause) -> Callable[[Any, pytest.FixtureRequest], None]:
    def test(self: ExperimentTrackerContract, request: pytest.FixtureRequest) -> None:
        try:
            verdict, findings = manifest_of(request.config).judge(type(self), clause)
        except HarnessBroken as broken:
            pytest.fail(f"The harness is broken, so this says nothing of the tracker.\n{broken}", pytrace=False)
        _conclude(verdict, findings)

    test.__name__ = test_name(clause)
    test.__qualname__ = f"{ExperimentTrackerContract.__name__}.{test.__name__}"
    test.__doc__ = clause.sentence
    return test


def _conclude(verdict: ClauseVerdict, findings: list[Finding]) -> None:
    """End the test as the verdict says; what fails is told, with its counterexamples."""
    stories = "\n\n".join(told(found) for found in findings if found.story) or reason(verdict, findings)
    match Conclusion.of(verdict):
        case Conclusion.FAILED:
            pytest.fail(f"{clause_line(verdict)}\n{stories}", pytrace=False)
        case Conclusion.XFAILED:
            # raised and not called, since the option --runxfail makes the call do nothing
            raise pytest.xfail.Exception(f"{clause_line(verdict)}\n{stories}")
        case Conclusion.SKIPPED:
            pytest.skip(reason(verdict, findings))


def clause_line(verdict: ClauseVerdict) -> str:
    """The verdict, and whether it could be forgiven."""
    unforgiven = "; a core clause can't be waived" if verdict.fails and verdict.verdict is Verdict.GAP else ""
    return f"{verdict.id} ({verdict.level.value}): {verdict.verdict.value}{unforgiven}"


for _clause in CLAUSES.values():
    setattr(ExperimentTrackerContract, test_name(_clause), _test_of(_clause))

NAMES = {test_name(clause): clause.id for clause in CLAUSES.values()}
