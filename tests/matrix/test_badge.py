"""The badges: what they say, in which colour, and that they are well made."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from tracker_contracts.matrix.badge import COLORS, badge, badges
from tracker_contracts.matrix.model import read_all
from tracker_contracts.matrix.versions import load
from tracker_contracts.matrix.view import View
from tracker_contracts.matrix.view_marks import Tone
from tracker_contracts.report.report import Report

from tests.support import cells
from tests.support.environments import REPOSITORY

SVG = "{http://www.w3.org/2000/svg}"
STORED = REPOSITORY / "docs" / "badges"


def said(svg: str) -> str:
    return ElementTree.fromstring(svg).findtext(f"{SVG}title") or ""


def with_all(*broken: str) -> View:
    """A matrix in which the tracker breaks these clauses everywhere."""
    view = cells.good()
    reports = [cells.ran(each.cell, cells.report("trackio", each.cell, *broken)) for each in view.reports]
    return View(reports, view.versions)


def test_green_if_it_conforms_everywhere() -> None:
    svg = badge(cells.good(), "trackio")
    assert said(svg) == "trackio conforms: contract v1, ZenML 0.90–0.98"  # noqa: RUF001
    assert COLORS[Tone.GOOD] in svg


def test_amber_if_it_conforms_on_some_releases() -> None:
    svg = badge(cells.small(), "trackio")
    assert said(svg) == "trackio conforms on 1 of 3 releases: contract v1, ZenML 0.90–0.98"  # noqa: RUF001
    assert COLORS[Tone.WARN] in svg


def test_red_if_it_conforms_nowhere() -> None:
    svg = badge(with_all("T1"), "trackio")
    assert said(svg) == "trackio does not conform: contract v1, ZenML 0.90–0.98"  # noqa: RUF001
    assert COLORS[Tone.BAD] in svg


def test_what_is_provisional_does_not_count() -> None:
    assert COLORS[Tone.GOOD] in badge(with_all("F5"), "trackio")


def test_releases_that_a_backend_is_not_meant_for_do_not_count() -> None:
    assert said(badge(cells.small(), "zenml-mlflow")).endswith("ZenML 0.97–0.98")  # noqa: RUF001


def test_there_is_one_for_each_backend() -> None:
    assert set(badges(cells.small())) == {"trackio.svg", "zenml-mlflow.svg"}


@pytest.mark.parametrize("name", ["</svg><script>x</script>", "a & b", 'my.package:"Mine"', "iiii", "WWWW"])
def test_any_name_makes_a_whole_svg(name: str) -> None:
    view = cells.good()
    reports = [cells.ran(each.cell, _named(name, each.contracts["trackio"])) for each in view.reports]
    [(file, svg)] = badges(View(reports, view.versions)).items()
    assert set(file).isdisjoint('/<>:"& ')
    assert said(svg).startswith(f"{name} conforms")
    root = ElementTree.fromstring(svg)
    left, right = root.findall(f".//{SVG}text")
    for text in (left, right):
        middle, length = float(text.attrib["x"]), int(text.attrib["textLength"])
        assert middle - length / 2 >= 0
        assert middle + length / 2 <= int(root.attrib["width"])
    assert float(left.attrib["x"]) + int(left.attrib["textLength"]) / 2 < float(right.attrib["x"])


def test_the_stored_badges_are_those_of_the_stored_reports() -> None:
    compat = REPOSITORY / "compat"
    expected = badges(View(list(read_all(compat / "reports")), load(compat / "versions.toml")))
    found = {file.name: file.read_text(encoding="utf-8") for file in STORED.glob("*.svg")}
    assert found == expected, "tracker-contracts matrix --badges docs/badges"


def _named(name: str, report: Report) -> Report:
    return report.model_copy(update={"harness": name})
