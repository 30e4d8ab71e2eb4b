from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import results, table, verdict
from tests.faults.__main__ import QUICK
from tests.faults.fault import NONE, Fault, all_faults
from tests.faults.found import Found, Run
from tests.faults.tracker import TRACKERS, Tracker

OURS, ZENMLS = TRACKERS["mlflow"], TRACKERS["zenml-mlflow"]
RUN = Run(name="faults-1_work", status="finished", error="", values=[0.0, 1.0, 2.0])
ENDED = Found(step="completed", logged=3, runs=[RUN], seconds=5.0, seconds_after=1.0)
FAULT = Fault("away", "server")
PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


def judged(fault: Fault = FAULT, tracker: Tracker = OURS, **other: object) -> verdict.Verdict:
    return verdict.of(fault, tracker, ENDED.model_copy(update=other), ENDED)


def run_with(**other: object) -> list[Run]:
    return [RUN.model_copy(update=other)]


def test_a_cell_with_all_its_rows_holds():
    assert judged() == verdict.Verdict("completed", 0.0, 3, 3, "", "finished", 0, [])


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"step": "failed"}, "the step is failed, and should be completed"),
        ({"in_time": False}, "a process hung"),
        ({"seconds": 30.0}, "25 s more"),
        ({"runs": []}, "there are 0 runs"),
        ({"runs": [RUN, RUN]}, "there are 2 runs"),
        ({"runs": run_with(status="failed")}, "the run is failed, and should be finished"),
        ({"runs": run_with(values=[0.0, 1.0])}, "of 3 rows"),
        ({"runs": run_with(values=[0.0, 1.0, 1.0, 2.0])}, "of 3 rows"),
        ({"runs": run_with(values=[0.0, 2.0, 1.0])}, "of 3 rows"),
    ],
)
def test_what_is_wrong_with_ours_is_told_and_with_zenmls_is_only_shown(other, told):
    (trouble,) = judged(**other).trouble
    assert told in trouble
    assert judged(tracker=ZENMLS, **other).trouble == []


def test_a_row_whose_call_had_not_returned_may_be_there():
    assert judged(logged=2).trouble == []
    assert judged(logged=1).trouble != []


@pytest.mark.parametrize(
    ("values", "told"), [([0.0, 1.0], ""), ([0.0, 0.0], "some twice"), ([1.0, 0.0], "out of order")]
)
def test_the_order_of_the_rows_is_told(values, told):
    assert judged(runs=run_with(values=values)).rows == told


def test_what_follows_is_compared_if_a_step_ends_in_its_middle():
    assert judged(Fault("cut", "process", cuts=True), seconds=0.0, seconds_after=4.0).added == 3.0


def test_of_a_tracker_that_is_still_away_the_journal_has_the_rows():
    away = Fault("gone", "server", away=True)
    kept = judged(away, runs=run_with(values=[0.0]), journals=1)
    assert (kept.trouble, kept.rows) == ([], "the rest in the journal")
    assert judged(away, runs=[], journals=0).trouble != []


def test_a_note_explains_trouble_and_has_to_go_when_there_is_none():
    noted = Fault("noted", "store", notes={"mlflow": "MLflow has it so."})
    assert judged(noted, runs=[]).trouble == []
    assert judged(noted).trouble == ["all is well; take the note out"]


def test_what_was_read_in_vain_is_no_missing_run():
    assert judged(runs=[]).status == "missing"
    assert judged(runs=[], unreadable="sqlite3.DatabaseError: file is not a database").status == "unreadable"


def test_results_are_kept_in_a_file_and_judged_beside_the_step_without_a_fault(tmp_path):
    file = tmp_path / "results.jsonl"
    results.add(file, "killed", OURS.name, ENDED)
    assert results.judged(results.load(file)) == {}
    results.add(file, NONE.name, OURS.name, ENDED)
    results.add(file, "of the past", OURS.name, ENDED)
    assert list(results.judged(results.load(file))) == [(NONE.name, OURS.name), ("killed", OURS.name)]


def test_the_table_marks_what_fails_and_tells_each_note_once():
    bad = judged(step="failed")
    noted = judged()._replace(note="MLflow has it so.")
    told = table.text({("a", "mlflow"): bad, ("a", "aim"): noted, ("b", "mlflow"): noted})
    assert "**FAILS** failed" in told
    assert told.count("MLflow has it so.") == 1
    assert told.count("(1)") == 2


def test_what_is_quick_is_there():
    possible = {(fault.name, tracker.name) for fault in all_faults().values() for tracker in fault.trackers()}
    assert set(QUICK) <= possible


def test_notes_and_trackers_of_faults_are_of_ones_that_there_are():
    for fault in all_faults().values():
        assert {*fault.on, *fault.notes} <= {*TRACKERS}


def test_the_page_has_a_place_for_the_table():
    page = PAGE.read_text()
    assert page.index(table.BEGIN) < page.index(table.END)
