"""A page as a browser shows it: Debian's Chromium, headless."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--window-size=1400,1400",
    "--virtual-time-budget=15000",
]


def chromium() -> str:
    found = shutil.which("chromium")
    assert found, "install Debian's chromium with scripts/install-chromium"
    return found


def rendered(url: str, folder: Path) -> str:
    """The document when all of the page has been drawn; a screenshot of it is left in `folder`."""
    base = [chromium(), *QUIET, f"--user-data-dir={folder / 'profile'}"]
    subprocess.run([*base, f"--screenshot={folder / 'page.png'}", url], check=True, capture_output=True, timeout=120)
    return subprocess.run([*base, "--dump-dom", url], check=True, capture_output=True, text=True, timeout=120).stdout
