"""A page as a browser without a window shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
WINDOW = {"viewport": {"width": 1400, "height": 1400}}
DRAWN = 60_000
"""Milliseconds within which a page has all that it shows."""


@contextmanager
def started(program: Path) -> Iterator[Browser]:
    """A browser of its own, which ends with all of its pages. A thread can have one at a time."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=program, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


def opened(browser: Browser, url: str, complaints: list[str] | None = None, **how: Any) -> Page:
    """A page in the browser, apart from its other ones.

    Args:
        browser: What shows it.
        url: Where it is.
        complaints: Takes the errors of the page's scripts and of its console.
        **how: What the window is like, such as `viewport` or `color_scheme`.
    """
    heard = complaints if complaints is not None else []
    page = browser.new_page(**(WINDOW | how))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.goto(url)
    return page


def rendered(program: Path, url: str, texts: Sequence[str], folder: Path) -> str:
    """The document once it has all of the texts, or has had time enough; a screenshot of it is left in `folder`."""
    there = "texts => texts.every(text => document.documentElement.outerHTML.includes(text))"
    with started(program) as browser:
        page = opened(browser, url)
        with suppress(TimeoutError):  # what is missing then, the document shows
            page.wait_for_function(there, arg=list(texts), timeout=DRAWN)
        page.screenshot(path=folder / "page.png")
        return page.content()
