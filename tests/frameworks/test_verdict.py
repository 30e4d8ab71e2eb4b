from __future__ import annotations

from pathlib import Path

import pytest

from tests.frameworks import results, table, verdict
from tests.frameworks.case import Case, all_cases
from tests.frameworks.found import Found

CASE = Case("Framework", "logger", lambda backend: {"loss": 3}, print)
ENDED = Found(
    step="completed", statuses=["finished"], name="frameworks-1_train", rows={"loss": 3}, warnings=[], error=""
)
PAGE = Path(__file__).parents[2] / "docs" / "frameworks.md"


def judged(case: Case = CASE, **other: object) -> verdict.Verdict:
    return verdict.of(case, "mlflow", ENDED.model_copy(update=other), "")


def test_a_cell_with_all_its_rows_holds():
    assert judged() == verdict.Verdict(3, 3, 1, "finished", [])
    assert str(judged()) == "3 : 3, 1 run, finished"


def test_a_process_that_left_nothing_is_told_with_its_last_words():
    died = verdict.of(CASE, "mlflow", None, "Segmentation fault")
    assert "Segmentation fault" in died.trouble[0]
    assert str(died) == "**FAILS** 0 : 3, 0 runs, none"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"rows": {"loss": 2}}, "2 of 3"),
        ({"step": "failed"}, "the step failed"),
        ({"statuses": ["failed"]}, "should be finished"),
        ({"statuses": ["finished", "running"]}, "2 runs where there should be 1"),
        ({"name": "of the user's"}, "of the user's"),
    ],
)
def test_what_is_wrong_is_told(other, told):
    (trouble,) = judged(**other).trouble
    assert told in trouble


def test_a_warning_does_not_explain_missing_rows():
    (trouble,) = judged(rows={}, warnings=["run 'a': 3 rows are lost."]).trouble
    assert "0 of 3" in trouble
    assert "run 'a': 3 rows are lost." in trouble


def test_a_rule_explains_missing_rows_and_has_to_go_when_none_is_missing():
    case = CASE._replace(rules={"mlflow": "MLflow has it so."})
    assert judged(case, rows={}).trouble == []
    assert judged(case).trouble == ["no row is missing; take the rule out"]


def test_a_step_that_is_meant_to_raise_has_to_raise_that():
    case = CASE._replace(raises="ValueError: no")
    failed = {"step": "failed", "statuses": ["failed"], "error": "ValueError: no"}
    assert judged(case, **failed).trouble == []
    assert judged(case, **{**failed, "error": "MemoryError: "}).trouble == ["the step raised MemoryError: "]


def test_notes_stand_below_the_table_once():
    noted = verdict.Verdict(0, 3, 1, "finished", [], "A rule.")
    text = table.text({("a", "mlflow"): noted, ("b", "mlflow"): noted})
    assert text.count("0 : 3, 1 run, finished (1)") == 2
    assert text.count("1. A rule.") == 1


def test_a_cell_that_is_tried_again_takes_the_place_of_the_former(tmp_path):
    name = next(iter(all_cases()))
    for case, rows in ((name, {}), ("a case that is no more", {}), (name, {"loss": 3})):
        results.add(tmp_path / "results", case, "mlflow", judged(rows=rows))
    assert results.load(tmp_path / "results") == {(name, "mlflow"): judged()}


def test_the_page_has_every_case_and_no_failure():
    page = PAGE.read_text()
    assert [name for name in all_cases() if f"| {name} " not in page] == []
    assert "**FAILS**" not in page
