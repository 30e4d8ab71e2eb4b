"""What the findings come to, how a report is stored, and how two are compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tracker_contracts.clauses import CLAUSES, Driver, Level
from tracker_contracts.report import diff as comparison
from tracker_contracts.report import report
from tracker_contracts.report.report import Conformity, Report, Tried, Versions
from tracker_contracts.report.verdict import Finding, Verdict, fails, worst

from tests.support.environments import REPOSITORY

TRIED = Tried(
    tracker="tried",
    harness="tried",
    backend="files",
    versions=Versions(zenml="0.98.0", backend="1.0", python="3.11.7", tracker_contracts="0.1.0", contract="1"),
    features=["artifacts"],
    settings=["metadata", "tags"],
    profile="default",
)


def found(clause: str, verdict: Verdict, driver: Driver = Driver.DIRECT, **more: object) -> Finding:
    return Finding(clause=clause, level=CLAUSES[clause].level, driver=driver, trial="a_trial", verdict=verdict, **more)


def made(*findings: Finding, tried: Tried = TRIED, asked: list[str] | None = None) -> Report:
    """A report of these findings, in which each other clause is kept."""
    known = {finding.clause for finding in findings}
    rest = [found(id, Verdict.KEPT) for id in CLAUSES if id not in known]
    return Report.of(tried, [CLAUSES[id] for id in asked or CLAUSES], [*findings, *rest])


def test_what_is_kept_conforms() -> None:
    assert made().outcome is Conformity.CONFORMS
    assert made().summary == "conforms (profile default)"


@pytest.mark.parametrize(
    ("clause", "verdict", "outcome"),
    [
        ("T1", Verdict.BROKEN, Conformity.BREAKS),
        ("M8", Verdict.BROKEN, Conformity.BREAKS),
        ("F5", Verdict.BROKEN, Conformity.CONFORMS),
        ("T1", Verdict.GAP, Conformity.BREAKS),
        ("M8", Verdict.GAP, Conformity.CONFORMS),
        ("F5", Verdict.GAP, Conformity.CONFORMS),
        ("T1", Verdict.KEPT_AFTER_ALL, Conformity.BREAKS),
        ("M8", Verdict.KEPT_AFTER_ALL, Conformity.BREAKS),
        ("F5", Verdict.KEPT_AFTER_ALL, Conformity.CONFORMS),
        ("T1", Verdict.MISSING, Conformity.INCOMPLETE),
        ("M8", Verdict.MISSING, Conformity.INCOMPLETE),
        ("F5", Verdict.MISSING, Conformity.CONFORMS),
        ("M8", Verdict.UNDECLARED, Conformity.CONFORMS),
        ("T1", Verdict.NOT_OFFERED, Conformity.CONFORMS),
        ("F6", Verdict.NOT_TRIED, Conformity.CONFORMS),
    ],
)
def test_one_clause_decides(clause: str, verdict: Verdict, outcome: Conformity) -> None:
    assert made(found(clause, verdict)).outcome is outcome


def test_what_is_broken_counts_more_than_what_is_missing() -> None:
    assert made(found("T1", Verdict.BROKEN), found("T2", Verdict.MISSING)).outcome is Conformity.BREAKS


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ([Verdict.KEPT, Verdict.BROKEN], Verdict.BROKEN),
        ([Verdict.KEPT, Verdict.MISSING], Verdict.MISSING),
        ([Verdict.KEPT, Verdict.NOT_TRIED], Verdict.KEPT),
        ([Verdict.GAP, Verdict.KEPT_AFTER_ALL], Verdict.GAP),
        ([Verdict.KEPT_AFTER_ALL, Verdict.NOT_TRIED], Verdict.NOT_TRIED),
        ([Verdict.NOT_TRIED], Verdict.NOT_TRIED),
    ],
)
def test_a_clause_is_as_good_as_its_worst_finding(verdicts: list[Verdict], verdict: Verdict) -> None:
    assert worst(verdicts) is verdict


def test_no_level_forgives_more_than_a_lower_one() -> None:
    for verdict in Verdict:
        assert fails(Level.CORE, verdict) >= fails(Level.EXTENDED, verdict) >= fails(Level.PROVISIONAL, verdict)


@pytest.mark.parametrize(
    ("clause", "profile", "verdict"),
    [
        ("T1", "quick", Verdict.MISSING),
        ("M8", "quick", Verdict.MISSING),
        ("M9", "quick", Verdict.UNDECLARED),
        ("F6", "quick", Verdict.NOT_TRIED),
        ("F6", "default", Verdict.MISSING),
    ],
)
def test_a_clause_without_findings(clause: str, profile: str, verdict: Verdict) -> None:
    tried = TRIED.model_copy(update={"profile": profile})
    [shown] = Report.of(tried, [CLAUSES[clause]], []).clauses
    assert shown.verdict is verdict


def test_it_reads_back_equal(tmp_path: Path) -> None:
    story = "stored: '🦊'\n\ud83e".encode(errors="backslashreplace").decode()
    written = made(found("T1", Verdict.BROKEN, story=story, examples=3, seconds=0.5, replay="again"))
    written.write(tmp_path / "report.json")
    assert report.read(tmp_path / "report.json") == written


def test_the_json_is_sorted_and_holds_no_defaults(tmp_path: Path) -> None:
    made().write(tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    assert text == json.dumps(stored, indent=1, sort_keys=True) + "\n"
    assert stored["report"] == 1
    assert "seed" not in stored
    assert set(stored["findings"][0]) == {"clause", "driver", "level", "trial", "verdict"}


def test_the_published_schema_is_that_of_the_model() -> None:
    published = json.loads((REPOSITORY / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    assert published == report.json_schema(), "tracker-contracts schema > docs/report.schema.json"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"report": 2}'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    with pytest.raises(ValueError):
        report.read(tmp_path / "report.json")


@pytest.mark.parametrize(
    ("clause", "old", "new", "what"),
    [
        ("T1", Verdict.KEPT, Verdict.BROKEN, "regression"),
        ("T1", Verdict.KEPT, Verdict.GAP, "regression"),
        ("T1", Verdict.KEPT, Verdict.MISSING, "regression"),
        ("T1", Verdict.KEPT, Verdict.NOT_OFFERED, "regression"),
        ("M8", Verdict.KEPT, Verdict.UNDECLARED, "regression"),
        ("M8", Verdict.UNDECLARED, Verdict.BROKEN, "regression"),
        ("F5", Verdict.KEPT, Verdict.BROKEN, "worse"),
        ("T1", Verdict.BROKEN, Verdict.KEPT, "improvement"),
        ("T1", Verdict.GAP, Verdict.KEPT_AFTER_ALL, "improvement"),
        ("T1", Verdict.BROKEN, Verdict.GAP, None),
        ("T1", Verdict.KEPT, Verdict.NOT_TRIED, None),
        ("T1", Verdict.NOT_TRIED, Verdict.BROKEN, None),
    ],
)
def test_a_clause_is_compared(clause: str, old: Verdict, new: Verdict, what: str | None) -> None:
    changes = comparison.diff(made(found(clause, old)), made(found(clause, new)))
    told = [
        (change.clause, "regression" if change.regression else "worse" if change.worse else "improvement")
        for change in changes
    ]
    assert told == ([] if what is None else [(clause, what)])


def test_what_was_not_tried_this_time_is_named() -> None:
    assert comparison.not_compared(made(), made(asked=["T1"]))[:2] == ["L1", "L2"]
    assert comparison.not_compared(made(asked=["T1"]), made()) == []
