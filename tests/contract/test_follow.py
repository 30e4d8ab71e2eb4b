"""What follows from what: nothing independent is hidden, and nothing is told twice."""

from __future__ import annotations

import pytest
from tracker_contracts.clauses import CLAUSES
from tracker_contracts.programs.program import Program
from tracker_contracts.report.causes import causes
from tracker_contracts.report.follow import RELATIONS, with_causes
from tracker_contracts.report.verdict import Finding, Verdict

from tests.contract.test_report import found, made

RAISED = "the state of a step that raised"
STOPPED = "the state of a step that was stopped"
STANDS = "the step's result stands"
END = "the end of what was logged is there"
MISSING = "stored are 2, should be 3; missing: '2.0'"


def broken(clause: str, topic: str, program: str = "direct: plainest", told: str = "", **more: object) -> Finding:
    text = str(Program.parse(program))  # a program that there is
    facts = {"trial": topic, "program": text, "story": told, **more}
    return found(clause, Verdict.BROKEN).model_copy(update=facts)


def causes_of(*findings: Finding) -> list[list[str]]:
    return [finding.follows_from for finding in with_causes(findings)]


NOTHING_FAILED = broken("F1", RAISED, "direct: ending=error")
CALL_RAISES = broken("L9", STANDS, "direct: odd=params")
LAST_ROW_LOST = broken("L4", END)
OVERLAP = broken("L7", "the values of a metric", "direct: beside=two")


@pytest.mark.parametrize(
    ("effect", "cause"),
    [
        (broken("F3", STOPPED, "direct: ending=exit-0"), NOTHING_FAILED),
        (broken("F5", "a_step_that_is_terminated_is_failed"), NOTHING_FAILED),
        (broken("M5", "one warning of odd_kind", "direct: odd=param", beside=[f"L9: {STANDS}"]), CALL_RAISES),
        (broken("T4", "the tags that the step adds", beside=[f"L9: {STANDS}"]), CALL_RAISES),
        (broken("M3", "the values of a metric", told=MISSING, beside=[f"L4: {END}"]), LAST_ROW_LOST),
        (broken("M2", "the params", told="missing: 'a': 1", beside=[f"L4: {END}"]), LAST_ROW_LOST),
        (broken("M6", "the run's name", "direct: rows=0 beside=two"), OVERLAP),
        (broken("L5", "any_interleaving_stores_what_each_step_stores_alone"), OVERLAP),
        (broken("L8", "each attempt has a run of its own", "direct: attempt=second"), broken("L1", "the step's run")),
        (broken("L3", "cleanup_leaves_the_process_as_it_was"), broken("L1", "the step's run")),
        (
            broken("M1", "the metadata at the step's first line", beside=["M2: the metadata"]),
            broken("M2", "the metadata"),
        ),
    ],
    ids=lambda finding: finding.clause,
)
def test_what_another_clause_explains_follows_from_it(effect: Finding, cause: Finding) -> None:
    assert causes_of(effect, cause) == [[cause.clause], []]
    assert causes_of(cause, effect) == [[], [cause.clause]]
    assert causes_of(effect) == [[]]  # nobody to follow from


@pytest.mark.parametrize(
    ("effect", "other"),
    [
        # an error of one kind is not told from success; that says nothing of steps that are stopped
        (broken("F3", STOPPED, "direct: ending=exit-0"), broken("F1", RAISED, "direct: ending=chained")),
        # a call that raises ends no other program
        (broken("T4", "the tags that the step adds", "direct: late-tags=unicode"), CALL_RAISES),
        # what is too much was not lost with the end
        (broken("M3", "the values of a metric", told="stored are 4; too much: '2.0'", beside=[f"L4: {END}"]), OVERLAP),
        (
            broken("M3", "the values of a metric", told="missing: '1'; too much: '2.0'", beside=[f"L4: {END}"]),
            LAST_ROW_LOST,
        ),
        # a name that is wrong without others has nothing to do with them
        (broken("M6", "the run's name", "direct: run-name=quoting"), OVERLAP),
        (broken("M6", "the run's name", "direct: beside=failed"), OVERLAP),
        # one step has no run, others have
        (broken("L3", "cleanup_leaves_the_process_as_it_was"), broken("L1", "the step's run", "direct: names=alike")),
        # what another driver shows is another matter
        (broken("M6", "the run's name", "pipeline: names=alike"), OVERLAP),
    ],
    ids=lambda finding: finding.clause,
)
def test_what_is_independent_stays_a_cause(effect: Finding, other: Finding) -> None:
    assert causes_of(effect, other) == [[], []]


def test_two_that_explain_each_other_are_one_cause_and_one_effect() -> None:
    payload = broken("M5", "the rest of the payload", "direct: odd=metric", "lost", beside=[f"L4: {END}"])
    end = broken("L4", END, "direct: odd=metric", "lost is all from here on", beside=["M5: the rest of the payload"])
    assert causes_of(payload, end) == [[], ["M5"]]
    assert causes_of(end, payload) == [["M5"], []]


def test_a_clause_follows_only_if_all_that_is_broken_of_it_does() -> None:
    explained = broken("T4", "the tags that the step adds", "direct: odd=params", beside=[f"L9: {STANDS}"])
    alone = broken("T4", "the tags that the step adds", "direct: late-tags=unicode")
    by_id = {clause.id: clause for clause in made(CALL_RAISES, explained, alone).clauses}
    assert by_id["T4"].follows_from == []
    by_id = {clause.id: clause for clause in made(CALL_RAISES, explained).clauses}
    assert by_id["T4"].follows_from == ["L9"]
    assert by_id["T4"].verdict is Verdict.BROKEN
    assert by_id["T4"].fails


def test_what_explains_most_is_to_be_mended_first() -> None:
    stopped = broken("F3", STOPPED, "direct: ending=exit-0")
    often = broken("U1", "a URL or a command", shown=280)
    seldom = broken("T2", "the names among the tags", shown=3)
    unseen = found("F2", Verdict.MISSING)
    first = causes(made(seldom, often, NOTHING_FAILED, stopped, unseen))
    assert [(cause.clause, cause.explains) for cause in first] == [("F1", ("F2", "F3")), ("U1", ()), ("T2", ())]


def test_the_plainest_counterexample_is_the_one_that_is_told() -> None:
    large = broken("T2", "the names among the tags", "direct: tags=case before=failed", shown=40)
    small = broken("T2", "the names among the tags", "direct: tags=case", shown=2)
    [cause] = causes(made(large, small))
    assert [finding.program for finding in cause.findings] == [small.program, large.program]


def test_each_relation_is_about_clauses_that_there_are() -> None:
    assert {clause for relation in RELATIONS for clause in (*relation.effects, relation.cause)} <= set(CLAUSES)
