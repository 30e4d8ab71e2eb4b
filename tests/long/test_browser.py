"""The tests of pages bring their browser; where none can be had, that is told in one line, and is an error in CI."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import browser
from tests.support.environments import REPOSITORY
from tests.support.server import closed_port

PAGES = "tests/matrix/test_page_browser.py"
NONE = (
    r"No browser can be had: none is here that starts; there is no apt-get; `python -m playwright install chromium` "
    r"fails: .+\. Install chromium to have the tests of pages\."
)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder with programs of a machine that has none, and that can't reach Playwright's server."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", closed_port())
    return tmp_path / "bin"


def program(file: Path, script: str) -> Path:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def ran(test: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", test, *arguments]
    environment = {**os.environ, "CI": "", **variables}
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=300)


def running(pid: str) -> bool:
    """Whether the process runs; one that is dead and was never asked for its status does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_first_that_starts_is_taken(bare: Path) -> None:
    program(bare / "chromium", "echo install it first; exit 1")
    program(bare / "chrome", "echo Chrome 1.2")
    chosen = program(bare / "google-chrome", "echo a warning; echo Chromium 3.4 built on Debian")
    assert browser.here() == chosen
    assert browser.version(chosen) == "Chromium 3.4"


def test_who_looks_for_chromium_finds_the_browser_of_another_name(bare: Path, tmp_path: Path) -> None:
    chosen = program(bare / "google-chrome", "echo Chromium 3.4")
    script = f"""
from pathlib import Path
import shutil
from tests.support import browser
browser.provide(Path({str(tmp_path / "links")!r}), install=False, say=print)
print(browser.path(), Path(shutil.which("chromium")).resolve())
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(chosen), str(chosen)]


@pytest.mark.slow
def test_where_none_can_be_had_that_is_one_line_with_the_way_out(bare: Path) -> None:
    said: list[str] = []
    with pytest.raises(browser.NoBrowser, match=f"^{NONE}$"):
        browser.bring(said.append)
    assert said == ["There is no browser. Downloading Playwright's chromium."]


def test_debians_is_not_tried_by_a_user_who_may_not(bare: Path) -> None:
    program(bare / "apt-get", "exit 0")
    script = "import os; from tests.support import browser; os.geteuid() or os.setuid(65534); browser._as_root()"
    done = subprocess.run([sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.stderr.endswith("NoBrowser: apt-get needs root\n")


def test_what_hangs_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    began = time.monotonic()
    with pytest.raises(browser.NoBrowser, match=r"did not end within 1 s$"):
        browser._said(["sh", "-c", f"sleep 60 & echo $! > {pid}; wait"], 1)
    assert time.monotonic() - began < 10
    until = time.monotonic() + 10
    while running(pid.read_text().strip()):
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.slow
def test_without_a_browser_a_run_is_green_and_says_what_it_skipped(bare: Path) -> None:
    done = ran(PAGES)
    assert done.returncode == pytest.ExitCode.OK, done.stdout + done.stderr
    assert (
        " skipped, tests/matrix/test_page_browser.py::*, tests/test_dashboard.py::*: No browser can be had"
        in done.stdout
    )
    assert " passed" not in done.stdout
    assert any(line.endswith(", browser none") for line in done.stdout.splitlines()[-3:])


@pytest.mark.slow
def test_in_ci_a_missing_browser_is_an_error(bare: Path) -> None:
    done = ran(PAGES, CI="true")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.count("\n") <= 2
    assert "ERROR: No browser can be had: " in done.stderr


@pytest.mark.parametrize("chosen", [["tests/matrix/test_gate.py"], [PAGES, "-m", "not slow"]])
@pytest.mark.slow
def test_who_chooses_no_test_of_a_page_needs_none(bare: Path, chosen: list[str]) -> None:
    done = ran(*chosen, CI="true")
    assert done.returncode in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED), done.stderr
    assert "Downloading" not in done.stdout
