"""The pytest plugin: a contract run under pytest keeps a manifest of what was tried.

A clause without a verdict has the session end with status 3, and is named with the reason, unless the user selected by
name what is to run. A project that has no class of the contract pays nothing: until one is collected, nothing else of
this package is imported.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tracker_contracts.manifest import Entry, Manifest

INCOMPLETE = 3
OVERRULED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
"""Statuses that say nothing of what did not run; the others end a session that could not run at all."""
SHIPPED = "tracker_contracts"


def pytest_collectstart(collector: pytest.Collector) -> None:
    """A class of the contract that is collected must have all its clauses tried."""
    if isinstance(collector, pytest.Class) and _is_contract(collector.obj):
        _manifest(collector.config).expect(collector.obj)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """A deselected test is no verdict."""
    for item in items:
        if (entry := _entry(item)) is not None:
            entry.why = "deselected"


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is to run is known: for a few clauses, fewer programs will do."""
    for item in session.items:
        if (entry := _entry(item)) is not None:
            entry.selected = True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Keep how each test of the contract ended."""
    report = (yield).get_result()
    if (report.when == "call" or not report.passed) and (entry := _entry(item)) is not None:
        entry.outcome = _outcome(report)
        entry.why = _why(item, report)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Overrule the status of a session that lacks a verdict."""
    manifest = _known(session.config)
    if manifest is None or session.config.option.collectonly:
        return
    manifest.close()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[SHIPPED] = manifest.dump()
    elif manifest.incomplete and session.exitstatus in OVERRULED and not _selected(session.config):
        session.exitstatus = INCOMPLETE


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist knows."""
    if dumped := getattr(node, "workeroutput", {}).get(SHIPPED):
        _manifest(node.config).merge(dumped)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what each contract came to, and each clause that has no verdict."""
    manifest = _known(config)
    if manifest is None or config.option.collectonly:
        return
    terminalreporter.section("experiment tracker contract")
    selected = _selected(config)
    if selected:
        manifest.forget_unselected()
    for contract in manifest.entries:
        outcome = manifest.conformity(contract).value
        scope = f"; only {', '.join(manifest.entries[contract]) or 'no clause'}" if selected else ""
        terminalreporter.line(f"{contract}: {outcome} (profile {manifest.profile.name}{scope})")
        for why, clauses in _reasons(manifest, contract):
            terminalreporter.line(f"  no verdict on {', '.join(clauses)}: {why}")
    for trouble in manifest.troubles:
        terminalreporter.line(f"The harness is broken: {trouble}")
    if manifest.incomplete and not selected:
        terminalreporter.line(f"A clause without a verdict has this session end with status {INCOMPLETE}.")


def _selected(config: pytest.Config) -> bool:
    """Whether the user named what is to run, by `-k` or as `file.py::Class`: the rest is not missed then."""
    return bool(config.option.keyword) or any("::" in str(argument) for argument in config.args)


def _is_contract(found: type) -> bool:
    """Whether it is a class of the contract with a harness; without its module imported, there can be none."""
    module = sys.modules.get("tracker_contracts.contract")
    return module is not None and issubclass(found, module.ExperimentTrackerContract) and hasattr(found, "harness")


def _manifest(config: pytest.Config) -> Manifest:
    from tracker_contracts.manifest import manifest_of

    return manifest_of(config)


def _known(config: pytest.Config) -> Manifest | None:
    """The manifest, if this session has a contract to keep one of."""
    module = sys.modules.get("tracker_contracts.manifest")
    return None if module is None else config.stash.get(module.KEY, None)


def _entry(item: pytest.Item) -> Entry | None:
    """What is known of the clause that a test tries; None if it is another kind of test."""
    found = getattr(item, "cls", None)
    if found is None or not _is_contract(found):
        return None
    clause = sys.modules["tracker_contracts.contract"].NAMES.get(getattr(item, "originalname", item.name))
    return _manifest(item.config).expected(found, clause) if clause else None


def _outcome(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    return report.outcome


def _why(item: pytest.Item, report: pytest.TestReport) -> str:
    """What kept the test from counting, if anything did."""
    if hasattr(report, "wasxfail"):
        return "marked xfail" if item.get_closest_marker("xfail") else "xfailed"
    if report.skipped and isinstance(report.longrepr, tuple):
        return f"skipped ({report.longrepr[2].removeprefix('Skipped: ')})"
    return "failed before it was tried" if report.failed else ""


def _reasons(manifest: Manifest, contract: str) -> list[tuple[str, list[str]]]:
    """The clauses without a verdict, by reason."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, clause, why in manifest.lacking():
        if name == contract:
            found[why].append(clause)
    return list(found.items())
