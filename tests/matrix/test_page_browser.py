"""The HTML page in a browser: from a file, by mouse, by keyboard and by link, in both themes and on a small screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tracker_contracts.matrix.page import html
from tracker_contracts.matrix.upgrade import pairs
from tracker_contracts.matrix.versions import Versions
from tracker_contracts.matrix.view import PAGES, View

from tests.support import cells
from tests.support.pages import opened, started

pytestmark = pytest.mark.slow

ANY = [{"harness": "mine"}]
LIST = cells.small().versions
BAD, GOOD = LIST.told(cells.BAD), LIST.told(cells.GOOD)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of the page, as a file."""
    file = tmp_path_factory.mktemp("page") / "matrix.html"
    file.write_text(html(cells.small()), encoding="utf-8")
    return file.as_uri()


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with started(chromium) as one:
        yield one


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page as it is first seen; nothing on it may go wrong, or be done by a story."""
    complaints: list[str] = []
    page = opened(browser, address, complaints)
    yield page
    assert page.evaluate("typeof harmed") == "undefined"
    assert complaints == []
    page.context.close()


def square(page: Page, label: str) -> Locator:
    return page.get_by_role("gridcell", name=label, exact=True)


def details(page: Page) -> Locator:
    return page.get_by_role("dialog")


def labels(page: Page) -> list[str | None]:
    return [each.get_attribute("aria-label") for each in page.locator("td.square").all()]


def choose(page: Page, **filters: str) -> None:
    for name, value in filters.items():
        page.locator(f"select[name={name}]").select_option(value)


def in_use(page: Page) -> Any:
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def test_it_shows_each_backend_in_each_combination(page: Page) -> None:
    seen = labels(page)
    assert f"{BAD}, trackio: does not conform (T2)" in seen
    assert f"{BAD}, zenml-mlflow: does not conform (T2, M3)" in seen
    assert f"{BAD}, documented pages: fails" in seen
    assert f"{GOOD}, trackio: conforms" in seen
    assert "ZenML 0.98.0, Python 3.13, Trackio 0.30.1, trackio: crashed" in seen
    assert "ZenML 0.90.0, Python 3.13, Trackio 0.43.0, trackio: ruled out" in seen
    assert len(seen) == 19
    expect(page.locator("#count")).to_have_text("6 of 6 combinations")
    expect(page.locator(".card", has_text="trackio").first).to_contain_text("4 of 6 conform")


def test_no_square_tells_by_colour_alone(page: Page) -> None:
    assert all(each.inner_text().strip() for each in page.locator("td.square .paint").all())


def test_a_click_opens_what_was_found(page: Page) -> None:
    square(page, f"{BAD}, trackio: does not conform (T2)").click()
    panel = details(page)
    expect(panel.get_by_role("heading", level=2)).to_have_text("trackio")
    expect(panel).to_contain_text(f"{BAD}")
    expect(panel).to_contain_text("does not conform")
    expect(panel).to_contain_text("broken (2)")
    expect(panel).to_contain_text(f"python -m tox -e {cells.BAD.name}")
    expect(panel).to_contain_text("1 min 35 s")
    panel.locator("summary", has_text="T2").click()
    expect(panel).to_contain_text("Known cause: ZenML leaves it out.")
    expect(panel.get_by_role("link", name="https://example.com/1")).to_be_visible()
    story = panel.locator("pre").first
    expect(story).to_contain_text("</script></pre><script>harmed = 1</script><img src=x onerror='harmed = 1'><!-- ")
    expect(story).to_contain_text(
        r"\u202egnp.exe\u2066 \ud83e שלום | `x` {{ 7 * 7 }} {% raw %} ${8 * 8} \u2028 \x00\x1b[31m"
    )
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_what_did_not_run_and_what_is_ruled_out_say_why(page: Page) -> None:
    square(page, "ZenML 0.98.0, Python 3.13, Trackio 0.30.1, trackio: crashed").click()
    expect(details(page)).to_contain_text("Error: </script>")
    square(page, "ZenML 0.90.0, Python 3.13, Trackio 0.43.0, trackio: ruled out").click()
    expect(details(page)).to_contain_text("ZenML 0.90 is for Python <3.13.")


def test_the_documented_blocks_are_told(page: Page) -> None:
    square(page, f"{BAD}, documented pages: fails").click()
    expect(details(page)).to_contain_text("docs/a.md, line 7 (shell)")
    expect(details(page).locator("pre")).to_contain_text("</script></pre>")


def test_the_command_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    square(page, f"{GOOD}, trackio: conforms").click()
    button = details(page).get_by_role("button", name=f"Copy: python -m tox -e {cells.GOOD.name}")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"python -m tox -e {cells.GOOD.name}"


def test_filters_narrow_the_grid(page: Page) -> None:
    choose(page, zenml="0.97.0", backend="trackio")
    assert [label and label.rpartition(": ")[2] for label in labels(page)] == ["does not conform (T2)", "conforms"]
    expect(page.locator("#count")).to_have_text("2 of 6 combinations")
    choose(page, python="3.13")
    assert len(labels(page)) == 1
    page.get_by_role("button", name="Reset").click()
    assert len(labels(page)) == 19
    choose(page, trackio="0.30.1")
    assert len(labels(page)) == 3


def test_a_verdict_is_found_wherever_it_is(page: Page) -> None:
    choose(page, verdict="crashed")
    expect(page.locator("#count")).to_have_text("1 of 6 combinations")
    choose(page, verdict="broken", clause="T2")
    bright = page.locator("td.square:not(.dim)")
    assert [each.get_attribute("aria-label") for each in bright.all()] == [
        f"{BAD}, trackio, clause T2: broken",
        f"{BAD}, zenml-mlflow, clause T2: broken",
    ]
    choose(page, verdict="known gap")
    expect(page.get_by_text("Nothing matches these filters.")).to_be_visible()


def test_the_other_view_has_a_column_for_each_clause(page: Page) -> None:
    page.get_by_text("Clauses", exact=True).click()
    assert f"{BAD}, trackio, clause T2: broken" in labels(page)
    assert f"{BAD}, trackio, clause L1: kept" in labels(page)
    assert "ZenML 0.98.0, Python 3.13, Trackio 0.30.1, trackio: crashed" in labels(page)
    choose(page, backend="zenml-mlflow")
    square(page, f"{BAD}, zenml-mlflow, clause M3: broken").click()
    expect(details(page).locator("h3", has_text="Clause M3")).to_be_visible()
    choose(page, clause="M3", verdict="broken")
    assert {label and label.rpartition(", ")[2] for label in labels(page)} == {"clause M3: broken"}


def test_the_keyboard_reaches_opens_and_closes_each_square(page: Page) -> None:
    start = square(page, "ZenML 0.98.0, Python 3.12, Trackio 0.43.0, trackio: conforms")
    start.focus()
    page.keyboard.press("ArrowRight")
    assert in_use(page) == f"{GOOD}, trackio: conforms"
    page.keyboard.press("ArrowDown")
    assert in_use(page) == "ZenML 0.98.0, Python 3.13, Trackio 0.30.1, trackio: crashed"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert in_use(page) == f"{BAD}, trackio: does not conform (T2)"
    outline = page.evaluate("getComputedStyle(document.activeElement.querySelector('.paint')).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(details(page).get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("Escape")
    expect(details(page)).to_be_hidden()
    assert in_use(page) == f"{BAD}, trackio: does not conform (T2)"
    page.keyboard.press("End")
    assert in_use(page) == "ZenML 0.97.0, Python 3.13, Trackio 0.43.0, documented pages: works"
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(details(page)).to_contain_text("broken (2)")


def test_the_keyboard_crosses_a_row_that_did_not_run(page: Page) -> None:
    page.get_by_text("Clauses", exact=True).click()
    square(page, f"{GOOD}, trackio, clause L5: kept").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    assert in_use(page) == "ZenML 0.98.0, Python 3.13, Trackio 0.30.1, trackio: crashed"
    page.keyboard.press("ArrowDown")
    assert in_use(page) == "ZenML 0.97.0, Python 3.13, Trackio 0.43.0, trackio, clause L5: kept"


def changes(page: Page) -> list[str]:
    """What an upgrade changes, as the page tells it, without where."""
    lines = page.locator("#changes li:has(.chip)").all()
    return sorted(
        line.evaluate("each => each.firstChild.textContent + each.childNodes[1].textContent") for line in lines
    )


def test_it_tells_what_an_upgrade_changes(page: Page) -> None:
    page.get_by_text("What does an upgrade change?").click()
    choose(page, **{"from": "0.98.0", "to": "0.97.0"})
    seen = changes(page)
    assert "regression trackio: T2 (core): kept → broken " in seen
    assert "worse trackio: F5 (provisional): kept → broken " in seen
    assert "regression documented pages: works → fails " in seen
    expect(page.locator("#changes p")).to_have_text("2 of 3 pairs of combinations compared.")
    expect(page.locator("#changes")).to_contain_text("Trackio 0.30.1: there is no report of the new release.")
    page.locator("#changes li", has_text="trackio: T2").first.get_by_role("link").click()
    expect(details(page).locator("h3", has_text="Clause T2")).to_be_visible()


@pytest.mark.parametrize(("old", "new"), [("0.97.0", "0.98.0"), ("0.98.0", "0.97.0"), ("0.90.0", "0.98.0")])
def test_an_upgrade_is_told_as_by_the_command(page: Page, address: str, old: str, new: str) -> None:
    page.goto("about:blank")
    page.goto(f"{address}#axis=zenml&from={old}&to={new}")
    found = pairs(cells.small().reports, f"zenml={old}", f"zenml={new}")
    told = {
        str(change).replace("->", "→") for pair in found for change in pair.changes if "docs/a.md" not in change.what
    }
    seen = [each.replace(" ", ": ", 1) for each in changes(page) if PAGES not in each]
    assert {each.strip() for each in seen} == told
    compared = sum(not pair.incomparable for pair in found)
    expect(page.locator("#changes p")).to_contain_text(f"{compared} of {len(found)} pairs of combinations compared.")


def test_the_releases_between_are_told_too(page: Page, address: str) -> None:
    page.goto("about:blank")
    page.goto(f"{address}#axis=zenml&from=0.90.0&to=0.98.0")
    expect(page.locator("#changes")).to_contain_text("0.97.0: ZenML has a flavor of this name.")


def test_one_square_alone_is_in_the_order_of_the_tab_key(page: Page) -> None:
    assert page.locator("td[tabindex='0']").count() == 1


def test_a_link_leads_to_filters_and_the_open_cell(page: Page, address: str) -> None:
    link = f"{address}#view=clauses&backend=zenml-mlflow&zenml=0.97.0&cell={cells.BAD.name}&of=zenml-mlflow&at=M3"
    page.goto("about:blank")
    page.goto(link)
    expect(details(page).get_by_role("heading", level=2)).to_have_text("zenml-mlflow")
    expect(details(page).locator("h3", has_text="Clause M3")).to_be_visible()
    assert page.locator("select[name=zenml]").input_value() == "0.97.0"
    assert page.locator("tbody tr").count() == 2


def test_what_is_open_stands_in_the_address_and_can_be_walked_back(page: Page) -> None:
    choose(page, verdict="does not conform")
    square(page, f"{BAD}, trackio: does not conform (T2)").click()
    assert page.evaluate("location.hash") == f"#verdict=does+not+conform&cell={cells.BAD.name}&of=trackio"
    page.go_back()
    expect(details(page)).to_be_hidden()
    assert page.evaluate("location.hash") == "#verdict=does+not+conform"
    page.go_forward()
    expect(details(page)).to_be_visible()


@pytest.mark.parametrize(
    "hash",
    [
        "#axis=verdict&from=broken&to=kept",
        "#axis=__proto__&from=1&to=2",
        "#cell=py27&of=x&view=y&zenml=9&at=Z9",
        "#%E0%A4%A",
        "#cell=__proto__&of=constructor",
    ],
)
def test_an_address_that_means_nothing_shows_all(page: Page, address: str, hash: str) -> None:
    page.goto("about:blank")
    page.goto(address + hash)
    assert len(labels(page)) == 19
    expect(details(page)).to_be_hidden()


def test_the_theme_is_that_of_the_system_until_it_is_chosen(page: Page) -> None:
    light = _background(page)
    page.emulate_media(color_scheme="dark")
    dark = _background(page)
    assert sum(light) > sum(dark)
    page.get_by_role("button", name="Switch to the light theme").click()
    assert _background(page) == light
    expect(page.get_by_role("button", name="Switch to the dark theme")).to_be_visible()
    page.wait_for_timeout(200)  # the browser keeps what a page remembers a moment after the page did
    page.reload()
    assert _background(page) == light


def test_it_fits_a_small_screen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    square(page, f"{BAD}, trackio: does not conform (T2)").click()
    box = details(page).bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert page.evaluate("document.querySelector('#details').scrollWidth") <= 390


@pytest.mark.parametrize("width", [390, 1400])
def test_other_axes_have_their_columns_and_their_filters(browser: Browser, tmp_path: Path, width: int) -> None:
    axes = {"python": ["3.12"], "zenml": ["0.98.0"], "scikit-learn": ["1.6.1", "1.7.2"], "mlflow": ["3.17.2"]}
    made = Versions.model_validate(cells.VERSIONS | {"axes": axes, "labels": {}, "ruled_out": [], "contracts": ANY})
    file = tmp_path / "matrix.html"
    reports = [cells.ran(cell, cells.report("mine", cell)) for cell in made.combinations]
    file.write_text(html(View(reports, made)), encoding="utf-8")
    page = opened(browser, file.as_uri(), viewport={"width": width, "height": 800})
    heads = [each.inner_text() for each in page.locator("#grid thead .head").all()]
    assert heads == ["ZenML", "mlflow", "scikit-learn"]
    expect(page.locator(".scope")).to_contain_text("scikit-learn 1.6.1–1.7.2")  # noqa: RUF001
    choose(page, **{"scikit-learn": "1.6.1"})
    assert [label for label in labels(page) if label and "mine" in label] == [
        "ZenML 0.98.0, Python 3.12, mlflow 3.17.2, scikit-learn 1.6.1, mine: conforms"
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_the_first_columns_stay_and_do_not_cover_each_other(page: Page) -> None:
    page.set_viewport_size({"width": 1000, "height": 800})
    page.get_by_text("Clauses", exact=True).click()
    heads = page.locator("tbody tr").first.locator(".head")
    lefts = "heads => heads.map(each => each.getBoundingClientRect().left)"
    before = heads.evaluate_all(lefts)
    page.locator("#scroll").evaluate("each => each.scrollLeft = 300")
    assert heads.evaluate_all(lefts) == pytest.approx(before, abs=4)  # the space between columns is gone


def _background(page: Page) -> list[int]:
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return [int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(",")]
