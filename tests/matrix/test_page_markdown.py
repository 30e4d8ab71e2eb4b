"""The page of the documentation: its tables say what the reports say."""

from __future__ import annotations

import dataclasses

from tracker_contracts.matrix.model import Works, read_all
from tracker_contracts.matrix.page import html
from tracker_contracts.matrix.page_markdown import markdown
from tracker_contracts.matrix.versions import load
from tracker_contracts.matrix.view import View

from tests.support import cells
from tests.support.environments import REPOSITORY

DOCS = REPOSITORY / "docs"
COMPAT = REPOSITORY / "compat"
AGAIN = "tracker-contracts matrix --html docs/matrix.html --markdown docs/compatibility.md --badges docs/badges"


def rows(text: str, heading: str) -> list[str]:
    """The rows of the table below a heading."""
    below = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line for line in below.splitlines() if line.startswith("|")][2:]


def committed() -> View:
    return View(list(read_all(COMPAT / "reports")), load(COMPAT / "versions.toml"))


def test_the_tables_say_what_the_reports_say() -> None:
    text = markdown(cells.small(), "matrix.html")
    assert rows(text, "`trackio`") == [
        "| 0.98.0 | 0.43.0 | ✓ | ✓ |",
        "| 0.98.0 | 0.30.1 |  | C |",
        "| 0.97.0 | 0.43.0 | ✗ 1 | ✓ |",
        "| 0.90.0 | 0.43.0 | ✓ | ∅ |",
    ]
    assert rows(text, "`zenml-mlflow`") == [
        "| 0.98.0 | 0.43.0 | ✗ 1 | ✗ 1 |",
        "| 0.98.0 | 0.30.1 |  | C |",
        "| 0.97.0 | 0.43.0 | ✗ 2 | ✗ 1 |",
    ]
    assert "Conforms in 4 of 6 combinations." in text


def test_it_says_when_and_on_what_it_was_tried() -> None:
    first = markdown(cells.small(), "matrix.html").splitlines()[2]
    assert first.startswith("On 2026-11-24, contract v1 was tried on ZenML 0.90.0–0.98.0, Python 3.12–3.13 and")  # noqa: RUF001


def test_what_is_ruled_out_has_its_reason() -> None:
    text = markdown(cells.small(), "matrix.html")
    assert rows(text, "Ruled out") == ["| `>=3.13` | `<0.91` | any | ZenML 0.90 is for Python &lt;3.13. |"]


def test_what_is_red_has_its_explanation_and_its_place() -> None:
    text = markdown(cells.small(), "matrix.html")
    crashed, trackio, *others = rows(text, "What is not as it should be")
    assert crashed.startswith("| all | ZenML 0.98.0 with Trackio 0.30.1 (Python 3.13) | crashed | Error: &lt;/script>")
    assert f"(matrix.html#cell={cells.CRASHED.name}&of=trackio)" in crashed
    assert trackio.startswith("| trackio | ZenML 0.97.0 with Trackio 0.43.0 (Python 3.12) | does not conform: T2 |")
    assert "ZenML leaves it out. [More](<https://example.com/1>)." in trackio
    assert [row.split(" | ")[2] for row in others] == [
        "does not conform: M3",
        "does not conform: T2, M3",
        "fails: docs/a.md, line 7",
    ]


def test_a_hostile_story_breaks_no_table() -> None:
    lines = markdown(cells.small(), "matrix.html").splitlines()
    assert [line for line in lines if "<script" in line or "<img" in line] == []
    for row in rows("\n".join(lines), "What is not as it should be"):
        assert len([part for part in row.replace(r"\|", "").split("|") if part]) == 4


def test_neighbouring_releases_are_told_together() -> None:
    view = cells.good()
    reports = [dataclasses.replace(view).by_cell[cell] for cell in view.cells if cell in view.by_cell]
    bad = [
        cells.ran(each.cell, cells.report("trackio", each.cell, "L1", story="two runs"))
        for each in reports
        if each.cell["python"] == "3.12" and each.cell["trackio"] == "0.43.0"
    ]
    rest = [each for each in reports if each.cell not in {other.cell for other in bad}]
    [row] = rows(markdown(View([*bad, *rest], view.versions), "matrix.html"), "What is not as it should be")
    assert row.startswith("| trackio | ZenML 0.90.0–0.98.0 with Trackio 0.43.0 (Python 3.12) | does not conform: L1 |")  # noqa: RUF001
    assert "L1: two runs" in row


def test_where_all_is_well_it_says_so() -> None:
    text = markdown(cells.good(), "matrix.html")
    assert "Nothing: all combinations conform, and all documented pages work." in text


def test_where_all_is_well_it_says_how_many_programs_say_so() -> None:
    view = cells.good()
    first = view.reports[0].cell
    report = cells.ran(first, cells.report("trackio", first).model_copy(update={"programs": 44}))
    named = View([report, *view.reports[1:]], view.versions)
    assert sum(row.count("✓ 44") for row in rows(markdown(named, "matrix.html"), "`trackio`")) == 1
    assert '"programs":44' in html(named).replace(" ", "")


def test_what_is_broken_and_provisional_is_told_too() -> None:
    view = cells.good()
    first = view.reports[0].cell
    report = cells.ran(first, cells.report("trackio", first, "F5", story="lost"))
    [row] = rows(
        markdown(View([report, *view.reports[1:]], view.versions), "matrix.html"), "What is not as it should be"
    )
    assert "| conforms, but for what is provisional: F5 | F5: lost<br>" in row


def test_a_page_that_fails_is_red() -> None:
    view = cells.good()
    first = view.reports[0].cell
    failed = cells.ran(first, cells.report("trackio", first), works=Works.NO)
    text = markdown(View([failed, *view.reports[1:]], view.versions), "matrix.html")
    assert "Works in 5 of 6 combinations." in text


def test_the_order_of_the_reports_does_not_matter() -> None:
    view = cells.small()
    turned = View(list(reversed(view.reports)), view.versions)
    assert markdown(turned, "matrix.html") == markdown(view, "matrix.html")
    assert html(turned) == html(view)


def test_the_pages_are_those_of_the_stored_reports() -> None:
    view = committed()
    assert (DOCS / "compatibility.md").read_text(encoding="utf-8") == markdown(view, "matrix.html"), AGAIN
    assert (DOCS / "matrix.html").read_text(encoding="utf-8") == html(view), AGAIN
