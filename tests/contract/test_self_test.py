"""The suites can fail: the reference keeps every clause, and each broken tracker is found by its own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
import tracker_contracts
from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.reference.mutants import proven
from tracker_contracts.reference.mutants.catalogue import MUTANTS
from tracker_contracts.reference.mutants.contained import contained
from tracker_contracts.reference.mutants.kills import Kill, SelfTest
from tracker_contracts.reference.mutants.mutant import Mutant
from tracker_contracts.reference.mutants.url import GivesOneUrlToNamesThatDifferInASlash
from tracker_contracts.report.verdict import Finding, Verdict


def test_the_matrix_tells_what_else_finds_a_mutant():
    kills = [_kill("T1").model_copy(update={"others": ["T4", "L5"]})]
    told = SelfTest(reference=ALL_KEPT, kills=kills, clauses=["T1"], code="0123").markdown()
    assert "| T1 | `breaks_T1` | It is broken. | a_trial |  | T4, L5 |" in told
    summary = "1 of 1 broken trackers are found by their own clause. Each clause finds at least one."
    assert told.endswith(f"{summary}\nThat is of the code 0123.\n")


def test_every_clause_has_a_mutant():
    assert {mutant.clause for mutant in MUTANTS} == set(CLAUSES)


def test_mutants_have_names_of_their_own_and_tell_their_defect():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert all(mutant.defect.endswith(".") for mutant in MUTANTS)


def test_a_name_tells_the_defect():
    [mutant] = [each for each in MUTANTS if GivesOneUrlToNamesThatDifferInASlash.__doc__ == each.defect]
    name = "gives_one_url_to_names_that_differ_in_a_slash"
    assert mutant == Mutant(name, "U2", mutant.defect, mutant.harness, at="attempt=third")
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


def test_another_code_is_told_from_that_of_a_page(monkeypatch, tmp_path):
    before = proven.code()
    root = tmp_path / "tracker_contracts"
    shutil.copytree(Path(tracker_contracts.__file__).parent, root)
    monkeypatch.setattr(tracker_contracts, "__file__", str(root / "__init__.py"))
    assert proven.code() == before
    (root / "cli" / "check.py").write_text("")
    assert proven.code() == before
    (root / "judges" / "url.py").write_text("")
    assert proven.code() != before
