"""The browser of the tests of pages: one that is there, else Debian's, else Playwright's own download, else none.

`python -m tests.support.browser` brings it as a run of the tests does, and prints where it is.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
SOON, DEBIANS, PLAYWRIGHTS = 30, 300, 120
"""Seconds that a quick command may take, an installation by apt, and a download by Playwright."""

PLAYWRIGHT = (sys.executable, "-m", "playwright")
PLACE, TROUBLE = "ZENML_TRACKERS_TESTS_BROWSER", "ZENML_TRACKERS_TESTS_NO_BROWSER"
"""The variables by which a run tells its workers where the browser is, or why there is none."""

Say = Callable[[str], None]


class NoBrowser(Exception):
    """There is none, or it can't be had in this way; the message is a line that says why."""


def path() -> str:
    """Where this run has its browser; nothing, if it has none."""
    return os.environ.get(PLACE, "")


def why_none() -> str:
    """Why this run has no browser."""
    return os.environ.get(TROUBLE, "")


def provide(links: Path, install: bool, say: Say) -> None:
    """Look for the browser of this run, for `path` and for all that look for a `chromium`.

    Args:
        links: The folder for a link to it, if it has another name or place.
        install: Whether it is installed if there is none.
        say: Told what takes a while.
    """
    os.environ.update({PLACE: "", TROUBLE: ""})
    try:
        found = bring(say) if install else here()
    except NoBrowser as trouble:
        os.environ[TROUBLE] = str(trouble)
        return
    os.environ[PLACE] = str(found)
    if shutil.which(NAMES[0]) != str(found):
        links.mkdir(parents=True)
        (links / NAMES[0]).symlink_to(found)
        os.environ["PATH"] = f"{links}{os.pathsep}{os.environ['PATH']}"


def bring(say: Say = lambda text: None) -> Path:
    """The browser, which is installed first if there is none.

    Args:
        say: Told what takes a while.

    Raises:
        NoBrowser: There is none, and none can be installed.
    """
    troubles = []
    for install in (_nothing, _debians, _playwrights):
        try:
            install(say)
            found = here()
            _need_driver()
            return found
        except NoBrowser as trouble:
            troubles.append(str(trouble))
    raise NoBrowser(f"No browser can be had: {'; '.join(troubles)}. Install chromium to have the tests of pages.")


def here() -> Path:
    """The first browser of this machine that starts.

    Raises:
        NoBrowser: There is none.
    """
    for found in _candidates():
        if version(found):
            return found
    raise NoBrowser("none is here that starts")


def version(browser: Path) -> str:
    """What the browser calls itself, such as `Chromium 140.0.7339.185`; nothing, if it does not start."""
    try:
        last = _said([str(browser), "--version"], SOON).strip().rpartition("\n")[2]
        return last.partition(" built on ")[0]
    except NoBrowser:
        return ""


def _nothing(say: Say) -> None:
    """Take the browser that is there."""


def _debians(say: Say) -> None:
    if shutil.which("apt-get") is None:
        raise NoBrowser("there is no apt-get")
    # as root no signal of ours would reach what hangs
    apt = [*_as_root(), "env", "DEBIAN_FRONTEND=noninteractive", "timeout", str(DEBIANS), "apt-get", "-qq"]
    say("There is no browser. Installing Debian's chromium.")
    with suppress(NoBrowser):  # the lists that are there may do
        _said([*apt, "update"], DEBIANS + SOON)
    # the second is needed by Playwright's driver
    _said([*apt, "install", "--yes", "--no-install-recommends", "chromium", "libatomic1"], DEBIANS + SOON)


def _as_root() -> Sequence[str]:
    """What goes before a command for root."""
    if os.geteuid() == 0:
        return ()
    if shutil.which("sudo") is None:
        raise NoBrowser("apt-get needs root")
    try:
        _said(["sudo", "--non-interactive", "true"], SOON)
    except NoBrowser:
        raise NoBrowser("apt-get needs root, and sudo asks for a password") from None
    return ("sudo", "--non-interactive")


def _playwrights(say: Say) -> None:
    say("There is no browser. Downloading Playwright's chromium.")
    _said([*PLAYWRIGHT, "install", "chromium"], PLAYWRIGHTS)


def _candidates() -> Iterator[Path]:
    yield from (Path(found) for name in NAMES if (found := shutil.which(name)) is not None)
    with suppress(NoBrowser):
        _need_driver()
        yield _of_playwright()


def _of_playwright() -> Path:
    """Where Playwright has its download, or would have it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        return Path(player.chromium.executable_path)


def _need_driver() -> None:
    """Make sure of Playwright's own program, which drives the browser, whoever brought that.

    Raises:
        NoBrowser: It does not start.
    """
    _said([*PLAYWRIGHT, "--version"], SOON)


def _said(command: Sequence[str], seconds: float) -> str:
    """What the command printed.

    Raises:
        NoBrowser: It failed, or took too long, in which case all that it started is ended.
    """
    told = " ".join(command).replace(sys.executable, "python")
    try:
        process = _started(command)
    except OSError as error:
        raise NoBrowser(f"`{told}`: {error.strerror}") from error
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        with suppress(PermissionError):  # what runs as root ends by itself
            os.killpg(process.pid, signal.SIGKILL)
        raise NoBrowser(f"`{told}` did not end within {seconds} s") from None
    if process.returncode != 0:
        raise NoBrowser(f"`{told}` fails: {_complaint(said)}")
    return said


def _complaint(said: str) -> str:
    """The line that tells most of what went wrong."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it says nothing"]
    return next((line for line in lines if "rror:" in line), lines[-1])


def _started(command: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )


if __name__ == "__main__":
    try:
        print(bring(print))
    except NoBrowser as trouble:
        sys.exit(str(trouble))
