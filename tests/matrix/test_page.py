"""The HTML page and the JSON: they say what the reports say, and hold it as text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tracker_contracts.clauses import Level
from tracker_contracts.matrix.model import CellReport, State, age, read_all
from tracker_contracts.matrix.page import SCRIPTS, html
from tracker_contracts.matrix.page_data import page_data
from tracker_contracts.matrix.page_json import json_text
from tracker_contracts.matrix.versions import Versions
from tracker_contracts.matrix.view import PAGES, View
from tracker_contracts.matrix.view_marks import OUTCOMES, RULED_OUT, STATES, Tone, verdict_mark
from tracker_contracts.matrix.view_text import in_markdown, shortened, visible
from tracker_contracts.report import report as report_of_contract
from tracker_contracts.report.verdict import Verdict, fails

from tests.support import cells
from tests.support.environments import REPOSITORY

TEMPLATES = REPOSITORY / "contracts" / "tracker_contracts" / "matrix" / "templates" / "page"


class _Tags(HTMLParser):
    """The tags of a page, and what its data says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.data = ""
        self._within = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self._within = ("id", "data") in attrs

    def handle_data(self, data: str) -> None:
        self.data += data if self._within else ""


def data_of(view: View) -> Any:
    return json.loads(_Tags(html(view)).data)


def cell_of(data: Any, cell: Any) -> Any:
    return next(each for each in data["cells"] if each["name"] == cell.name)


def test_the_title_tells_date_contract_and_versions() -> None:
    page = html(cells.small())
    assert "<title>Compatibility: contract v1, ZenML 0.90.0–0.98.0, 2026-11-24</title>" in page  # noqa: RUF001


def test_a_hostile_story_stays_text() -> None:
    page = html(cells.small())
    read = _Tags(page)
    assert read.tags.count("script") == 3
    assert "img" not in read.tags
    assert [name for name in read.attributes if name.startswith("on")] == []
    assert page.isascii() or not set(page) & set("\u202e\u2066\u2028\x00\x1b\ud83e")
    page.encode("utf-8")


def test_the_page_asks_nobody_for_anything() -> None:
    page = html(cells.good())
    assert "default-src 'none'" in page
    assert re.findall(r"https?://", page) == []
    assert re.findall(r'(?:src|href)="(?!data:|#)', page) == []


def test_its_data_say_what_the_reports_say() -> None:
    view = cells.small()
    data = data_of(view)
    for report in view.reports:
        shown = cell_of(data, report.cell)
        assert set(shown["reports"]) == set(report.contracts)
        for name, tried in report.contracts.items():
            words = [list(Verdict)[place].value for place in shown["reports"][name]["verdicts"]]
            assert words == [clause.verdict.value for clause in tried.clauses]
            assert shown["reports"][name]["outcome"] == tried.outcome.value
            assert set(shown["reports"][name]["findings"]) == {finding.clause for finding in tried.findings}


def test_a_cell_that_did_not_run_says_why() -> None:
    data = data_of(cells.small())
    crashed = cell_of(data, cells.CRASHED)
    assert crashed["mark"]["word"] == "crashed"
    assert data["texts"][crashed["why"]].startswith("Traceback\nError: </script>")
    assert data["texts"][crashed["command"]] == f"python -m tox -e {cells.CRASHED.name}"


def test_what_is_ruled_out_says_why_and_only_for_what_would_be_tried() -> None:
    data = data_of(cells.small())
    ruled_out = cell_of(data, cells.RULED_OUT)
    assert data["texts"][ruled_out["why"]] == "ZenML 0.90 is for Python <3.13."
    assert ruled_out["backends"] == ["trackio", PAGES]


def test_a_known_cause_stands_where_the_clause_is_broken() -> None:
    data = data_of(cells.small())
    [cause] = cell_of(data, cells.BAD)["causes"]
    assert (cause["clause"], cause["link"]) == ("T2", "https://example.com/1")
    assert data["texts"][cause["cause"]] == "ZenML leaves it out."
    assert cell_of(data, cells.GOOD)["causes"] == []


def test_the_newest_releases_come_first() -> None:
    names = [
        tuple(cell["releases"][axis] for axis in ("zenml", "trackio", "python"))
        for cell in data_of(cells.small())["cells"]
    ]
    assert names == sorted(names, reverse=True)


def test_a_break_marks_the_first_release_that_was_tried_since() -> None:
    assert data_of(cells.small())["breaks"] == {"0.97.0": "ZenML has a flavor of this name."}


def test_the_same_text_is_held_once() -> None:
    texts = page_data(cells.small())["texts"]
    assert len(texts) == len(set(texts))


def test_no_report_is_a_clear_error() -> None:
    with pytest.raises(ValueError, match="There is no report to show"):
        View([], Versions.model_validate(cells.VERSIONS))


def test_each_part_of_the_script_is_on_the_page() -> None:
    apart = {"theme.js"}  # before the rest, in the head
    assert {file.name for file in TEMPLATES.glob("*.js")} == {*SCRIPTS, *apart}


def test_the_json_is_that_of_the_reports() -> None:
    view = cells.small()
    whole = json.loads(json_text(view))
    stored = [CellReport.model_validate(cell) for cell in whole["cells"]]
    assert sorted(stored, key=lambda report: age(report.cell)) == sorted(
        view.reports, key=lambda report: age(report.cell)
    )
    assert stored[0].cell == cells.GOOD
    assert whole["ruled_out"] == [{**cells.RULED_OUT.model_dump(), "why": ["ZenML 0.90 is for Python <3.13."]}]


def test_no_two_meanings_of_a_row_share_a_sign() -> None:
    for level in Level:
        signs = [verdict_mark(level, verdict).sign for verdict in Verdict]
        assert len(signs) == len(set(signs))
    whole = [mark.sign for mark in (*OUTCOMES.values(), *STATES.values(), RULED_OUT)]
    assert len(whole) == len(set(whole))
    assert set(STATES) == set(State) - {State.RAN}


def test_what_fails_looks_bad_and_nothing_else_does() -> None:
    for level in Level:
        for verdict in Verdict:
            assert (verdict_mark(level, verdict).tone is Tone.BAD) == fails(level, verdict)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", r"a\u202eb"),
        ("\ud83e", r"\ud83e"),
        ("\x00\x1b", r"\x00\x1b"),
        ("a\n\tb", "a\n\tb"),
        ("naïve 🦊 שלום", "naïve 🦊 שלום"),
        ("a\u00a0b", r"a\xa0b"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_long_story_is_cut_and_says_so() -> None:
    assert shortened("a" * 12_000, 10) == "a" * 10 + "\n… and 11,990 more characters"
    assert shortened("a" * 10, 10) == "a" * 10


def test_markdown_shows_a_text_as_it_is() -> None:
    assert in_markdown("a|b\n<i> *c* [d](e) `f` &lt;") == r"a\|b &lt;i> \*c\* \[d\](e) \`f\` &amp;lt;"


def test_a_hostile_story_is_stored_and_read_back_equal(tmp_path: Path) -> None:
    reports = cells.small().reports
    for report in reports:
        report.write(tmp_path)
    assert list(read_all(tmp_path)) == sorted(reports, key=lambda report: age(report.cell))
    [one] = [each for each in reports if each.cell == cells.BAD]
    one.contracts["trackio"].write(tmp_path / "report.txt")
    assert report_of_contract.read(tmp_path / "report.txt") == one.contracts["trackio"]
