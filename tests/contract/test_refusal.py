"""Features that are not declared must be refused by name."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

import pytest
from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.world import World
from tracker_contracts.engine.runner import judge
from tracker_contracts.faults.trial import trials_of
from tracker_contracts.profiles import QUICK
from tracker_contracts.reference.mutants.harness import ReferenceHarness
from tracker_contracts.report.verdict import Verdict


class Modest(ReferenceHarness):
    """Keeps artifacts, and does not say so."""

    features: ClassVar[frozenset[str]] = frozenset()


class Plain(Modest):
    """Has no call for artifacts at all."""

    def log_artifact(self, path: Path, name: str) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(("harness", "verdict"), [(Modest, Verdict.BROKEN), (Plain, Verdict.UNDECLARED)])
def test_what_is_not_declared_must_be_refused(harness, verdict):
    world = World(harness(), Driver.DIRECT, Path(tempfile.mkdtemp()))
    findings = [judge(trial, world, QUICK) for trial in trials_of("M8")]
    assert {finding.verdict for finding in findings} == {verdict}
    assert all(("was not refused" in finding.story) is (verdict is Verdict.BROKEN) for finding in findings)
