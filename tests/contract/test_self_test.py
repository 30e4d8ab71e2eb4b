"""The suites can fail: the reference keeps every clause, and each broken tracker is found by its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import ClassVar

import pytest
from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.engine.reader import Reader
from tracker_contracts.reference.mutants import self_test
from tracker_contracts.reference.mutants.catalogue import MUTANTS
from tracker_contracts.reference.mutants.contained import contained
from tracker_contracts.reference.mutants.kills import Kill, SelfTest
from tracker_contracts.reference.mutants.mutant import Mutant
from tracker_contracts.reference.mutants.url import GivesOneUrlToNamesThatDifferInASlash
from tracker_contracts.report.verdict import Finding, Verdict

TELLS = {
    "forgets_steps_that_log_nothing": "has no run",
    "makes_one_run_for_the_pipeline": "has no run",
    "lowercases_tags": "missing: ",
    "loses_the_last_of_two_tags_that_differ_in_case": "missing: ",
    "stores_equal_tags_twice": "stored twice",
    "rounds_to_seven_places": "differ; the first at",
    "marks_failed_as_finished": "should be 'failed'",
    "cuts_error_at_255": "characters",
    "off_by_one_step_after_resume": "the steps must go on where they stopped",
    "restores_environment_only_on_success": "the environment",
    "leaks_token_in_url": "ZenML's metadata",
}
"""What the story of a mutant's own clause has to say of its defect."""


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[self_test.Examiner]:
    with closing(Reader()) as reader:
        yield self_test.Examiner(tmp_path_factory.mktemp("places"), reader, None)


@pytest.mark.slow
class TestReference:
    def test_it_keeps_every_clause(self, examiner):
        findings = list(examiner.reference(list(CLAUSES)))
        assert SelfTest(reference=findings, kills=[_kill(clause) for clause in CLAUSES]).troubles == []
        assert {finding.clause for finding in findings if finding.verdict is Verdict.KEPT} >= set(CLAUSES) - {"F5"}


class OfSomeChapters:
    """Tests of a class share a process, and classes have one each."""

    chapters: ClassVar[str]

    def pytest_generate_tests(self, metafunc):
        mutants = [mutant for mutant in MUTANTS if mutant.clause[0] in self.chapters]
        metafunc.parametrize("mutant", mutants, ids=lambda mutant: f"{mutant.clause}-{mutant.name}")

    def test_a_mutant_is_found_by_its_own_clause(self, examiner, mutant):
        kill = examiner.kill_near(mutant) if mutant.shows else examiner.kill(mutant)
        assert kill.own is not None, f"also found by: {kill.others}"
        assert TELLS.get(mutant.name, "") in kill.own.story
        # a story that begins with an exception's name tells of a trial that went wrong, not of a promise
        assert not kill.own.story.partition("\n")[0].partition(":")[0].endswith("Error")


@pytest.mark.slow
class TestLifecycle(OfSomeChapters):
    chapters = "L"


@pytest.mark.slow
class TestTaggingAndFailure(OfSomeChapters):
    chapters = "TF"


@pytest.mark.slow
class TestMetadata(OfSomeChapters):
    chapters = "MUS"


def test_the_matrix_tells_what_else_finds_a_mutant():
    kills = [_kill("T1").model_copy(update={"others": ["T4", "L5"]})]
    told = SelfTest(reference=ALL_KEPT, kills=kills, clauses=["T1"]).markdown()
    assert "| T1 | `breaks_T1` | It is broken. | `a_trial` | T4, L5 |" in told
    assert told.endswith("1 of 1 broken trackers are found by their own clause. Each clause finds at least one.\n")


def test_a_told_defect_is_that_of_a_mutant():
    assert TELLS.keys() <= {mutant.name for mutant in MUTANTS}


def test_each_chapter_has_its_tests():
    assert {clause[0] for clause in CLAUSES} == set("".join(each.chapters for each in OfSomeChapters.__subclasses__()))


def test_every_clause_has_a_mutant():
    assert {mutant.clause for mutant in MUTANTS} == set(CLAUSES)


def test_mutants_have_names_of_their_own_and_tell_their_defect():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert all(mutant.defect.endswith(".") for mutant in MUTANTS)


def test_a_name_tells_the_defect():
    [mutant] = [each for each in MUTANTS if GivesOneUrlToNamesThatDifferInASlash.__doc__ == each.defect]
    assert mutant == Mutant("gives_one_url_to_names_that_differ_in_a_slash", "U2", mutant.defect, mutant.harness)
    assert mutant.harness.flavor.endswith("url.GivesOneUrlToNamesThatDifferInASlashFlavor")


def _finding(clause, verdict, driver=Driver.DIRECT):
    return Finding(clause=clause, level=CLAUSES[clause].level, driver=driver, trial="a_trial", verdict=verdict)


def _kill(clause, own=Verdict.BROKEN):
    finding = _finding(clause, own) if own else None
    return Kill(mutant=f"breaks_{clause}", clause=clause, defect="It is broken.", own=finding, others=[])


ALL_KEPT = [_finding(clause, Verdict.KEPT) for clause in CLAUSES]
ALL_FOUND = [_kill(clause) for clause in CLAUSES]


def test_all_is_well_if_each_clause_is_kept_and_finds_its_mutant():
    assert SelfTest(reference=ALL_KEPT, kills=ALL_FOUND).ok


@pytest.mark.parametrize("verdict", [Verdict.BROKEN, Verdict.MISSING, Verdict.UNDECLARED, Verdict.NOT_OFFERED])
def test_the_reference_must_keep_every_clause(verdict):
    [trouble] = SelfTest(reference=[*ALL_KEPT, _finding("T1", verdict)], kills=ALL_FOUND).troubles
    assert "T1" in trouble
    assert verdict.value in trouble


def test_a_survivor_is_named_though_another_mutant_of_its_clause_is_found():
    [trouble] = SelfTest(reference=ALL_KEPT, kills=[*ALL_FOUND, _kill("L1", own=None)]).troubles
    assert "breaks_L1" in trouble


def test_a_clause_without_a_kill_is_named():
    troubles = SelfTest(reference=ALL_KEPT, kills=ALL_FOUND[1:]).troubles
    assert troubles == ["L1 finds no mutant."]


def test_only_the_clauses_that_were_asked_for_need_a_mutant():
    [first, second] = (finding for finding in ALL_KEPT if finding.clause in ("T1", "T3"))
    assert SelfTest(reference=[first], kills=[_kill("T1")], clauses=["T1"]).ok
    assert SelfTest(reference=[first, second], kills=[_kill("T1")], clauses=["T1", "T3"]).troubles == [
        "T3 finds no mutant."
    ]


def test_a_clause_without_a_trial_is_named():
    troubles = SelfTest(reference=ALL_KEPT[1:], kills=ALL_FOUND[1:]).troubles
    assert troubles == ["L1 finds no mutant, since it has no trial."]


def test_what_a_mutant_does_to_the_process_is_undone(tmp_path):
    before = dict(os.environ), os.getcwd(), sys.excepthook
    with contained():
        os.environ["LEFT"] = "behind"
        os.chdir(tmp_path)
        sys.excepthook = print
    assert (dict(os.environ), os.getcwd(), sys.excepthook) == before
