"""Takes the pictures of the documentation, in a real browser: `python scripts/take_pictures.py`.

Needs what the tests need. The dashboard shows the runs of `zenml-trackers demo`. The report is that of the tests' naive
tracker, and the matrix is `docs/matrix.html`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from tests.support import browser, pages  # noqa: E402
from tests.support.server import trackio_server  # noqa: E402

PICTURES = REPOSITORY / "docs" / "images"
SCRIPTS = Path(sysconfig.get_path("scripts"))
SCHEMES = {"": "light", "-dark": "dark"}
PROJECT = "digits"
DRAWN, LAID_OUT = 6000, 500
"""Milliseconds in which the dashboard draws its curves, one after the other, and in which a page is there."""


def main() -> None:
    """Take all pictures, light and dark."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        browser.provide(folder / "links", install=True, say=print)
        _dashboard(folder / "demo")
        _page(_report(folder / "report.html"), "report", width=1100, height=820)
        _page(REPOSITORY / "docs" / "matrix.html", "matrix", width=1200, height=700)


def _dashboard(kept: Path) -> None:
    subprocess.run([SCRIPTS / "zenml-trackers", "demo", "--keep", kept], check=True)
    with trackio_server(kept / "trackio-runs") as server:
        _taken(f"{server.url}/?project={PROJECT}", "dashboard", DRAWN, width=1200, height=640)


def _report(page: Path) -> Path:
    """Of a tracker that does not conform, so that there is something to mend first."""
    command = [SCRIPTS / "tracker-contracts", "check", "tests.contract.naive:NaiveHarness", "--profile", "quick"]
    subprocess.run([*command, "--html", page], cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
    return page


def _page(file: Path, name: str, **size: int) -> None:
    _taken(file.as_uri(), name, LAID_OUT, **size)


def _taken(url: str, name: str, wait: int, **size: int) -> None:
    with pages.started(Path(browser.path())) as chromium:
        for suffix, scheme in SCHEMES.items():
            window: dict[str, Any] = {"viewport": size, "color_scheme": scheme}
            page = pages.opened(chromium, url, **window)
            page.wait_for_timeout(wait)
            page.screenshot(path=PICTURES / f"{name}{suffix}.png")


if __name__ == "__main__":
    main()
