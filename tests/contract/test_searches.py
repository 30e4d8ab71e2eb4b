"""What is looked into, and what is left out: by what was asked, by the profile, and by what is explained already."""

from __future__ import annotations

from pathlib import Path

import pytest
from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.drivers.world import World
from tracker_contracts.engine.check import check
from tracker_contracts.engine.examiner import Examiner
from tracker_contracts.engine.messages import Defect, Executed, Shrunk
from tracker_contracts.engine.progress import Told
from tracker_contracts.engine.runner import judge
from tracker_contracts.engine.showed import Showed
from tracker_contracts.engine.showed import findings as showing
from tracker_contracts.faults.trial import trials
from tracker_contracts.judges.judge import all_judges
from tracker_contracts.profiles import LIGHT, QUICK
from tracker_contracts.programs.program import Program
from tracker_contracts.report.follow import with_causes
from tracker_contracts.report.report import Conformity, Report, conformity, verdict_of
from tracker_contracts.report.terminal import reason
from tracker_contracts.report.verdict import Verdict

from tests.contract import harnesses
from tests.contract.test_report import TRIED

SLOW = [each for each in trials() if Driver.DIRECT not in each.drivers and each.clause.id in all_judges()]


def cause(clause: str, program: str, certain: bool) -> tuple[Driver, Shrunk]:
    defect = Defect(clause=clause, topic="the values of a metric", told="it differs")
    return Driver.DIRECT, Shrunk(program=program, blamed=clause, defect=defect, certain=certain)


def found(*causes: tuple[Driver, Shrunk]) -> dict[str, Verdict]:
    showed = Showed()
    for _, shrunk in causes:
        executed = Executed(program=shrunk.program, compared=["L7", "M4"], defects=[shrunk.defect])
        showed.add(Program.parse(shrunk.program), executed)
    findings = showing({Driver.DIRECT: showed}, causes, "mine", True, 1.0)
    return {finding.clause: finding.verdict for finding in findings if finding.clause in ("L7", "M4")}


def test_what_did_not_come_again_is_explained_by_what_its_program_tries_and_is_broken() -> None:
    race = cause("M4", "direct: beside=failed", certain=False)
    assert found(race) == {"L7": Verdict.KEPT, "M4": Verdict.BROKEN}
    apart = cause("L7", "direct: beside=two", certain=True)
    assert found(race, apart) == {"L7": Verdict.BROKEN, "M4": Verdict.HIDDEN}
    elsewhere = cause("M4", "direct: numbers=large", certain=False)
    assert found(elsewhere, apart) == {"L7": Verdict.BROKEN, "M4": Verdict.BROKEN}


def test_a_clause_is_hidden_where_another_is_blamed_for_what_is_not_as_it_promises() -> None:
    defect = Defect(clause="M4", topic="the values of a metric", told="it differs")
    blamed = Shrunk(program="direct: beside=two", blamed="L7", defect=defect)
    showed = Showed()
    for program in ("direct: beside=two", "direct: beside=two rows=0"):
        showed.add(Program.parse(program), Executed(program=program, compared=["M4"], defects=[defect]))
    showed.add(Program.parse("direct: plainest"), Executed(program="direct: plainest", compared=["M4"], defects=[]))
    findings = list(showing({Driver.DIRECT: showed}, [(Driver.DIRECT, blamed)], "mine", True, 1.0))
    [hidden] = [finding for finding in findings if finding.clause == "M4"]
    assert hidden.verdict is Verdict.HIDDEN
    clause = verdict_of(CLAUSES["M4"], with_causes(findings), TRIED)
    assert reason(clause, [hidden]) == "not as promised in 2 of 3 programs, for which L7 is to blame"
    assert conformity([clause]) is Conformity.INCOMPLETE


@pytest.mark.parametrize("trial", SLOW, ids=lambda trial: f"{trial.clause.id}-{trial.name}")
def test_a_light_profile_leaves_slow_drivers_out_where_programs_show_the_clause(trial, tmp_path: Path) -> None:
    for driver in trial.drivers:
        assert judge(trial, World(harnesses.Plain(), driver, tmp_path), LIGHT).verdict is Verdict.NOT_TRIED


def checked(name: str, *clauses: str) -> Report:
    with Examiner(f"tests.contract.{name}", QUICK, drivers=(Driver.DIRECT,)) as examiner:
        return check([examiner], [CLAUSES[id] for id in clauses], Told())


@pytest.mark.slow
def test_only_what_was_asked_for_is_looked_into() -> None:
    report = checked("naive:NaiveHarness", "F1")
    assert {timing.clause for timing in report.timings if timing.what == "searches"} == {"F1"}
    assert [clause.verdict for clause in report.clauses] == [Verdict.BROKEN]


@pytest.mark.slow
def test_no_program_is_executed_for_what_none_can_show() -> None:
    assert checked("harnesses:Plain", "S3").programs == 0


@pytest.mark.slow
def test_native_calls_that_a_harness_cannot_make_are_not_offered() -> None:
    report = checked("harnesses:HasNoNativeCalls", "L6", "T1")
    assert {clause.id: clause.verdict for clause in report.clauses} == {"L6": Verdict.NOT_OFFERED, "T1": Verdict.KEPT}


@pytest.mark.slow
def test_images_without_captions_are_enough() -> None:
    report = checked("harnesses:HasNoCaptions", "M9")
    assert [clause.verdict for clause in report.clauses] == [Verdict.KEPT]


@pytest.mark.slow
def test_what_did_not_come_again_is_told_as_it_was_seen() -> None:
    seen = Defect(clause="F2", topic="the message", told="it is 'another'")
    with Examiner("tests.contract.harnesses:Plain", QUICK, drivers=(Driver.DIRECT,)) as examiner:
        found = examiner.shrink(Program.parse("direct: ending=error"), seen)
    assert (found.certain, found.defect.told) == (False, "it is 'another'; it did not show again")
