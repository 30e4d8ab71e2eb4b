"""Takes the pictures of the documentation, in a real browser: `python scripts/take_pictures.py`.

Needs what the tests need. The runs are those of `zenml-trackers demo`, on Trackio's own dashboard.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from tests.support import browser, pages  # noqa: E402
from tests.support.server import trackio_server  # noqa: E402

PICTURES = REPOSITORY / "docs" / "images"
WINDOW = {"viewport": {"width": 1200, "height": 640}}
PROJECT = "digits"
DRAWN = 6000
"""Milliseconds in which the dashboard draws its curves, one after the other."""


def main() -> None:
    """Run the demo, and take its pictures."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder, "demo")
        demo = Path(sysconfig.get_path("scripts"), "zenml-trackers")
        subprocess.run([demo, "demo", "--keep", kept], check=True)
        browser.provide(Path(folder, "links"), install=True, say=print)
        with trackio_server(kept / "trackio-runs") as server, pages.started(Path(browser.path())) as chromium:
            page = pages.opened(chromium, f"{server.url}/?project={PROJECT}", **WINDOW)
            page.wait_for_timeout(DRAWN)
            page.screenshot(path=PICTURES / "dashboard.png")


if __name__ == "__main__":
    main()
