"""A skip that nobody listed does not pass in silence, nor does a listed one that no longer happens."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.support import browser
from tests.support.skips import Listed, Skips, load

pytest_plugins = ["pytester"]

TESTS = """
import pytest

def test_good(): pass

@pytest.mark.skip(reason="no such release, 0.1")
def test_old(): pass

@pytest.mark.xfail
def test_known(): assert False
"""
OLD: dict[str, Any] = {"tests": ["test_it.py::test_o*"], "reason": "no such release"}


Entry = dict[str, Any]


def ran(pytester: pytest.Pytester, *listed: Entry, whole: bool = True, strict: bool = True) -> pytest.RunResult:
    pytester.makepyfile(test_it=TESTS)
    plugin = Skips([Listed.model_validate(each) for each in listed], whole, strict)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", plugins=[plugin])


def test_a_listed_skip_is_told_with_its_reason(pytester: pytest.Pytester) -> None:
    result = ran(pytester, OLD)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["1 skipped, test_it.py::test_o[*]: no such release, 0.1"])
    result.stdout.no_fnmatch_line("*not listed*")
    result.stdout.no_fnmatch_line("*stale*")


@pytest.mark.parametrize("listed", [[], [OLD | {"reason": "another"}], [OLD | {"tests": ["test_it.py::test_g*"]}]])
def test_another_skip_fails_the_run_where_that_is_asked_for(pytester: pytest.Pytester, listed: list[Entry]) -> None:
    result = ran(pytester, *listed)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["not listed, so this run fails: test_it.py::test_old: no such release, 0.1"])
    result = ran(pytester, *listed, strict=False)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["not listed, which fails the run in CI: test_it.py::test_old: *"])


def test_a_module_that_is_skipped_counts_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_gone="import pytest\npytest.skip('it is gone', allow_module_level=True)")
    result = ran(pytester, OLD)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["not listed, so this run fails: test_gone.py: it is gone"])


def test_a_listed_skip_that_no_longer_happens_is_told(pytester: pytest.Pytester) -> None:
    stale = "stale, for nothing of it was skipped; take it out: test_it.py::test_good: no such release"
    result = ran(pytester, OLD, OLD | {"tests": ["test_it.py::test_good"]}, whole=False)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines([stale])


@pytest.mark.parametrize("whole", [True, False])
def test_only_a_whole_run_can_tell_that_a_test_is_gone(pytester: pytest.Pytester, whole: bool) -> None:
    result = ran(pytester, OLD, OLD | {"tests": ["test_gone.py::*"]}, whole=whole)
    assert ("stale, for nothing of it" in result.stdout.str()) is whole


@pytest.mark.parametrize(("path", "due"), [("", True), ("/usr/bin/chromium", False)])
def test_what_only_happens_without_a_browser_is_held_against_such_a_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, path: str, due: bool
) -> None:
    monkeypatch.setenv(browser.PLACE, path)
    without = OLD | {"when": "without a browser"}
    assert ran(pytester, without).ret == (pytest.ExitCode.OK if due else pytest.ExitCode.TESTS_FAILED)
    other = without | {"tests": ["test_it.py::test_good"]}
    assert ("stale" in ran(pytester, OLD, other).stdout.str()) is due


def test_a_word_that_nobody_reads_is_refused() -> None:
    with pytest.raises(ValidationError, match="why"):
        Listed.model_validate(OLD | {"why": "it is old"})
    assert load()
