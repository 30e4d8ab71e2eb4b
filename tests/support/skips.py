"""Holds a run's skips against `tests/skips.toml`: one that is not listed there fails the run in CI."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict

from tests.support import browser

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LIST = Path(__file__).parents[1] / "skips.toml"


class Listed(BaseModel):
    """Skips that are known, with one reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tests: list[str]
    """Their ids, or patterns such as `tests/test_a.py::test_b*`."""
    reason: str
    """How the reason begins that pytest tells."""
    when: Literal["always", "without a browser", "without git"] = "always"

    @property
    def due(self) -> bool:
        """Whether this run has to have these skips."""
        lacking = {"without a browser": not browser.path(), "without git": shutil.which("git") is None}
        return self.when == "always" or lacking[self.when]

    def names(self, test: str) -> bool:
        """Whether a test is among them."""
        return any(fnmatchcase(test, pattern) for pattern in self.tests)


class Skips:
    """A pytest plugin for the process that all tests report to."""

    def __init__(self, listed: list[Listed], whole: bool, strict: bool) -> None:
        """Nothing ran yet.

        Args:
            listed: What may be skipped.
            whole: Whether the run has all tests, so that a pattern without a test is stale.
            strict: Whether another skip fails the run.
        """
        self._listed, self._whole, self._strict = listed, whole, strict
        self._ran: set[str] = set()
        self._reasons: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._ran.add(report.nodeid)
        if report.skipped and not hasattr(report, "wasxfail"):
            self._reasons[report.nodeid] = _reason(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._ran.add(report.nodeid)
            self._reasons[report.nodeid] = _reason(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._strict and session.exitstatus == pytest.ExitCode.OK and any(self._unlisted()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if lines := [*self._known(), *self._unlisted(), *self._stale()]:
            terminalreporter.section("skips, as tests/skips.toml lists them")
            for line in lines:
                terminalreporter.line(line)

    def _known(self) -> Iterator[str]:
        for each in self._listed:
            if found := self._of(each):
                yield f"{len(found)} skipped, {', '.join(each.tests)}: {self._reasons[found[0]]}"

    def _unlisted(self) -> Iterator[str]:
        end = "so this run fails" if self._strict else "which fails the run in CI"
        for test, reason in self._reasons.items():
            if not any(test in self._of(each) for each in self._listed):
                yield f"not listed, {end}: {test}: {reason}"

    def _stale(self) -> Iterator[str]:
        for each in self._listed:
            for pattern in each.tests if each.due else ():
                ran = [test for test in self._ran if fnmatchcase(test, pattern)]
                if (ran or self._whole) and not set(ran) & set(self._of(each)):
                    yield f"stale, for nothing of it was skipped; take it out: {pattern}: {each.reason}"

    def _of(self, listed: Listed) -> list[str]:
        """The tests that were skipped as it says."""
        return [
            test
            for test, reason in self._reasons.items()
            if listed.due and listed.names(test) and reason.startswith(listed.reason)
        ]


def load(file: Path = LIST, left_out: Sequence[str] = ()) -> list[Listed]:
    """What may be skipped.

    Args:
        file: The list.
        left_out: Folders of tests that do not run.
    """
    listed = [Listed.model_validate(each) for each in tomllib.loads(file.read_text(encoding="utf-8"))["skips"]]
    return [each for each in listed if not all(test.startswith(tuple(left_out)) for test in each.tests)]


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    told = report.longrepr
    text = told[2] if isinstance(told, tuple) else str(told)
    return text.removeprefix("Skipped: ")
