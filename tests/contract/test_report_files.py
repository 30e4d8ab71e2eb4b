"""A report as JUnit XML and as one HTML page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page, expect
from tracker_contracts.clauses import CLAUSES
from tracker_contracts.report.html import page as html_page
from tracker_contracts.report.junit import junit_xml
from tracker_contracts.report.report import Report
from tracker_contracts.report.verdict import Verdict

from tests.contract.test_follow import NOTHING_FAILED, STOPPED, broken
from tests.contract.test_report import found, made
from tests.support.pages import opened, started

HOSTILE = "</script><script>harmed = 1</script><img src=x onerror='harmed = 1'> \x00\x1b[31m \ud83e"
STORY = f"{HOSTILE} {'a-long-word' * 60}"


@pytest.fixture(scope="module")
def report() -> Report:
    story = NOTHING_FAILED.model_copy(
        update={"story": STORY, "advice": "It means that.\n\nMend it so.", "seconds": 1.5, "replay": "replay it"}
    )
    return made(
        story,
        broken("F3", STOPPED, "direct: ending=exit-0", seconds=0.25),
        found("F5", Verdict.BROKEN),
        found("T1", Verdict.MISSING),
        found("M9", Verdict.UNDECLARED),
    )


@pytest.fixture(scope="module")
def address(report: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(html_page(report), encoding="utf-8", errors="backslashreplace")
    return file.as_uri()


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with started(chromium) as one:
        yield one


class TestJUnit:
    @pytest.fixture
    def suite(self, report: Report) -> ElementTree.Element:
        root = ElementTree.fromstring(junit_xml(report).encode())
        assert root.tag == "testsuites"
        [suite] = root
        return suite

    def test_each_clause_is_a_case(self, suite: ElementTree.Element) -> None:
        cases = suite.findall("testcase")
        assert [case.attrib["name"].split()[0] for case in cases] == list(CLAUSES)
        assert {case.attrib["classname"] for case in cases} == {"tried"}

    def test_the_counts_are_those_of_the_cases(self, suite: ElementTree.Element) -> None:
        counts = {name: suite.attrib[name] for name in ("tests", "failures", "errors", "skipped", "time")}
        assert counts == {"tests": str(len(CLAUSES)), "failures": "2", "errors": "1", "skipped": "2", "time": "1.750"}

    def test_what_fails_has_its_story_and_what_follows_says_so(self, suite: ElementTree.Element) -> None:
        by_id = {case.attrib["name"].split()[0]: case for case in suite.findall("testcase")}
        failure = by_id["F1"].find("failure")
        assert failure is not None
        assert "<script>harmed = 1</script>" in str(failure.text)
        assert "Replay: replay it" in str(failure.text)
        follows = by_id["F3"].find("failure")
        assert follows is not None
        assert follows.attrib["message"] == "broken: follows from F1"
        assert [child.tag for child in by_id["F5"]] == ["skipped"]  # provisional never fails
        assert [child.tag for child in by_id["T1"]] == ["error"]
        assert list(by_id["L1"]) == []


class TestHtml:
    @pytest.fixture
    def page(self, browser: Browser, address: str) -> Iterator[Page]:
        complaints: list[str] = []
        page = opened(browser, address, complaints)
        yield page
        assert page.evaluate("typeof harmed") == "undefined"
        assert complaints == []
        page.context.close()

    def test_it_needs_nothing_else(self, report: Report) -> None:
        text = html_page(report)
        assert not re.search(r"<(script|link|img|iframe)|url\(|@import", text)
        assert "&lt;script&gt;harmed = 1&lt;/script&gt;" in text

    @pytest.mark.slow
    def test_it_begins_with_what_to_mend(self, page: Page) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text("tried does not conform")
        first = page.get_by_role("article").first
        expect(first.get_by_role("heading")).to_have_text("F1 It means that.")
        expect(first).to_contain_text("Mend it so.")
        expect(first).to_contain_text("It explains F3.")
        expect(first).to_contain_text("replay it")
        expect(page.get_by_role("article")).to_have_count(2)  # F1, and F5, which is provisional

    @pytest.mark.slow
    def test_each_clause_has_a_row_and_its_stories_are_opened_by_hand(self, page: Page) -> None:
        expect(page.locator(".row")).to_have_count(len(CLAUSES))
        row = page.locator("#F3")
        expect(row).to_contain_text("follows from F1")
        expect(row.locator("pre")).to_be_hidden()
        row.get_by_text("1 counterexample").click()
        expect(row.locator("pre")).to_be_visible()

    @pytest.mark.slow
    @pytest.mark.parametrize("width", [320, 1280])
    def test_nothing_is_wider_than_the_screen(self, page: Page, width: int) -> None:
        page.set_viewport_size({"width": width, "height": 700})
        for summary in page.locator("summary").all():
            summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    @pytest.mark.slow
    def test_it_is_readable_in_both_themes(self, page: Page) -> None:
        seen = {}
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for what in ("body", ".quiet", ".good", ".bad", ".warn", ".cause pre"):
                assert page.evaluate(CONTRAST, what) >= 4.5, (scheme, what)
            seen[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert seen["light"] != seen["dark"]


CONTRAST = """what => {
  const element = document.querySelector(what)
  const light = text => {
    const parts = text.match(/[0-9.]+/g).slice(0, 3).map(part => part / 255)
    const [r, g, b] = parts.map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  let around = element
  while (getComputedStyle(around).backgroundColor === "rgba(0, 0, 0, 0)") around = around.parentElement
  const pair = [getComputedStyle(element).color, getComputedStyle(around).backgroundColor].map(light).sort()
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)
}"""
