"""The suites can fail: the reference keeps every clause, and each broken tracker is found by its own."""

from __future__ import annotations

import os
import sys

import pytest
from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.mutants import self_test
from tracker_contracts.mutants.catalogue import MUTANTS
from tracker_contracts.mutants.contained import contained
from tracker_contracts.mutants.kills import Kill, SelfTest
from tracker_contracts.mutants.mutant import Mutant
from tracker_contracts.mutants.url import GivesOneUrlToNamesThatDifferInASlash
from tracker_contracts.verdict import Finding, Verdict

TELLS = {
    "forgets_steps_that_log_nothing": "each step has one run",
    "makes_one_run_for_the_pipeline": "each step has one run",
    "lowercases_tags": "a tag is missing or changed",
    "loses_the_last_of_two_tags_that_differ_in_case": "a tag is missing or changed",
    "stores_equal_tags_twice": "a tag is stored twice",
    "rounds_to_seven_places": "a value is changed",
    "sorts_metrics_by_steps": "not where it was logged",
    "takes_nan_for_zero": "not what the harness declares",
    "marks_failed_as_finished": "the step raised",
    "cuts_error_at_255": "the exception's message",
    "off_by_one_step_after_resume": "the steps must go on where they stopped",
    "restores_environment_only_on_success": "the environment",
    "leaks_token_in_url": "ZenML's metadata",
}
"""What the story of a mutant's own clause has to say of its defect."""


@pytest.mark.slow
@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_is_proven(clause):
    """The reference keeps it, and each mutant that was made for it is found, for its defect."""
    result = self_test.run(clauses=[clause], by_the_way=False)
    assert result.ok, "\n".join(result.troubles)
    stories = {kill.mutant: kill.own.story for kill in result.kills}
    assert [name for name in TELLS.keys() & stories.keys() if TELLS[name] not in stories[name]] == []
    # a story that begins with an exception's name tells of a trial that went wrong, not of a promise
    assert [
        name for name, story in stories.items() if story.partition("\n")[0].partition(":")[0].endswith("Error")
    ] == []


@pytest.mark.slow
def test_the_matrix_tells_what_else_finds_a_mutant():
    result = self_test.run(clauses=["T1", "T4"])
    others = {kill.mutant: kill.others for kill in result.kills}
    assert others.keys() == {mutant.name for mutant in MUTANTS if mutant.clause in ("T1", "T4")}
    assert (others["trims_tags"], others["splits_tags_at_commas"]) == (["T4"], [])
    told = result.markdown()
    assert all(f"| `{name}` |" in told for name in others)
    assert f"{len(others)} of {len(others)} broken trackers are found by their own clause." in told
    assert told.endswith("The suites are proven.\n")


def test_a_told_defect_is_that_of_a_mutant():
    assert TELLS.keys() <= {mutant.name for mutant in MUTANTS}


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


def test_only_the_clauses_that_were_asked_for_must_be_proven():
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
