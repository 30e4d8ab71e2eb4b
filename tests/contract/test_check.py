"""A check tries a tracker in a process of its own, and loses neither a finding nor a process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.engine import examiner
from tracker_contracts.engine.check import check
from tracker_contracts.engine.examiner import Examiner
from tracker_contracts.engine.panel import panel
from tracker_contracts.engine.progress import Told
from tracker_contracts.engine.smoke import made, smoke, started
from tracker_contracts.harness import HarnessBroken
from tracker_contracts.profiles import QUICK
from tracker_contracts.programs.program import Program
from tracker_contracts.report.report import Conformity, Report
from tracker_contracts.report.verdict import Finding, Verdict

from tests.contract import harnesses

TAGGED, TAGGED_LATE = "direct: tags=case", "direct: late-tags=unicode"
"""The second one adds tags in the step, of which some of these harnesses die."""


def spec(harness: type) -> str:
    return f"{harness.__module__}:{harness.__qualname__}"


def report_on(
    harness: type, *clauses: str, drivers: Sequence[Driver] = (Driver.DIRECT,), programs: Sequence[str] = ()
) -> Report:
    """By one driver, unless a test is about others; with the given programs alone, if there are any."""
    asked = [CLAUSES[id] for id in clauses]
    with panel(spec(harness), QUICK, drivers=drivers, most=1) as running:
        return check(running, asked, Told(), [Program.parse(program) for program in programs])


def verdicts(findings: Sequence[Finding]) -> list[tuple[str, Verdict]]:
    return [(finding.clause, finding.verdict) for finding in findings if finding.driver is Driver.DIRECT]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.slow
def test_a_good_tracker_conforms(temporary: Path) -> None:
    report = report_on(harnesses.Plain, "T1", "T3", "M4", drivers=tuple(Driver))
    assert verdicts(report.findings) == [(id, Verdict.KEPT) for id in ("T1", "T3", "M4")]
    assert report.outcome is Conformity.CONFORMS
    assert report.summary == "conforms (profile quick; only T1, T3, M4)"
    assert all(finding.comparisons for finding in report.findings)
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
def test_the_environment_is_set_before_the_harness_is_imported() -> None:
    before = dict(os.environ)
    assert report_on(harnesses.ReadsTheEnvironment, "M4", programs=[TAGGED]).outcome is Conformity.CONFORMS
    assert dict(os.environ) == before


@pytest.mark.slow
def test_what_a_tracker_prints_is_not_taken_for_a_message() -> None:
    assert report_on(harnesses.Talks, "M4", programs=[TAGGED]).outcome is Conformity.CONFORMS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harness", "told"),
    [(harnesses.Dies, "ended with status 7"), (harnesses.IsKilled, "was killed by SIGSEGV")],
)
def test_a_tracker_that_ends_the_process_is_broken_and_the_rest_is_tried(harness: type, told: str) -> None:
    report = report_on(harness, "M4", "T4", "M6")
    assert {("L9", Verdict.BROKEN), ("M4", Verdict.KEPT), ("M6", Verdict.KEPT)} <= set(verdicts(report.findings))
    assert told in report.findings[0].story
    assert report.findings[0].replay.startswith(f'tracker-contracts check {spec(harness)} --program "direct: ')
    assert report.left_out > 0  # what ends the process again and again is not tried for ever
    assert report.outcome is Conformity.BREAKS


@pytest.mark.slow
def test_a_tracker_that_hangs_is_broken_and_the_rest_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examiner, "PROGRAM", 20.0)
    report = report_on(harnesses.Hangs, "L9", "M4", programs=[TAGGED_LATE, TAGGED])
    assert {("L9", Verdict.BROKEN), ("M4", Verdict.KEPT)} <= set(verdicts(report.findings))
    assert "hung for 20 s" in report.findings[0].story
    assert "in add_tags" in report.findings[0].story


@pytest.mark.slow
def test_a_known_gap_is_honoured_also_when_the_process_dies_of_it() -> None:
    finding = report_on(harnesses.DiesAsKnown, "L9", programs=[TAGGED_LATE]).findings[0]
    assert finding.verdict is Verdict.GAP
    assert finding.story.startswith("It is known. (https://example.com/1)")


@pytest.mark.slow
def test_a_known_gap_that_is_none_fails() -> None:
    report = report_on(harnesses.KnownGap, "T1", programs=[TAGGED])
    assert verdicts(report.findings) == [("T1", Verdict.KEPT_AFTER_ALL)]
    assert report.outcome is Conformity.BREAKS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("harness", "told"),
    [
        ("nowhere", "There is no harness 'nowhere'. Installed are: "),
        (harnesses.CannotRead, "OSError: the file is nowhere"),
        (harnesses.WrongEnvironment, "a dict of text by name"),
        (harnesses.LateEnvironment, "sets PYTHONHASHSEED, which Python reads when it starts. Export it instead."),
        (harnesses.CannotStart, "OSError: the port is taken"),
        (harnesses.DiesAtStart, "ended with status 5"),
        (harnesses.CannotStop, "OSError: it goes on"),
    ],
)
def test_a_broken_harness_is_told_from_a_broken_tracker(harness: type | str, told: str, temporary: Path) -> None:
    named = harness if isinstance(harness, str) else spec(harness)
    with pytest.raises(HarnessBroken) as raised, Examiner(named, QUICK):
        pass
    assert told in str(raised.value)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("harness", "told"),
    [
        ("no_such_package.harness:MyHarness", "No module named 'no_such_package'"),
        (harnesses.NoHarness, "no subclass of tracker_contracts.harness.TrackerHarness"),
        (harnesses.Abstract, "__init__"),
        (harnesses.Nameless, "`name` must be set"),
        (harnesses.WithoutFlavor, "Set `flavor` to package.module.Class."),
        (harnesses.UnknownFeature, "`features` names artefacts, but there are only artifacts,"),
        (harnesses.UnknownClause, "`known_gaps` names T9"),
        (harnesses.UnknownField, "`secret_field` is 'password', which is no field of"),
        (harnesses.WrongConfig, "configuration class"),
        (harnesses.ReadsNone, "must return [] for a place without runs, but it returned None"),
        (harnesses.ReadsDicts, "must return a list of ObservedRun, but it returned [{"),
        (harnesses.CannotLog, "log_params(…) fails in a step."),
    ],
)
def test_what_is_wrong_with_a_harness_is_told(harness: type | str, told: str, temporary: Path) -> None:
    """By what the process of an examiner begins with, which takes seconds to start."""
    with pytest.raises(HarnessBroken) as raised:
        found = made(harness if isinstance(harness, str) else spec(harness))
        with started(found, temporary):
            smoke(found, temporary)
    assert told in str(raised.value)
