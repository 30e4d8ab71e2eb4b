"""What became of each clause in a pytest session, so that none can be left out in silence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from tracker_contracts.clauses import CLAUSES, Clause, Level
from tracker_contracts.engine.examiner import Examiner
from tracker_contracts.engine.messages import Judged
from tracker_contracts.engine.programs import Programs
from tracker_contracts.engine.progress import Told
from tracker_contracts.harness import HarnessBroken
from tracker_contracts.profiles import PROFILES, QUICK, Profile
from tracker_contracts.registry import spec_of
from tracker_contracts.report.follow import with_causes
from tracker_contracts.report.report import ClauseVerdict, Conformity, conformity, verdict_of
from tracker_contracts.report.verdict import Finding, Verdict

if TYPE_CHECKING:
    from tracker_contracts.contract import ExperimentTrackerContract

VARIABLE = "TRACKER_CONTRACTS_PROFILE"
PLUGIN = ("tracker-contracts", "tracker_contracts.pytest_plugin")
"""What pytest calls the plugin: by its entry point, or by its module where `-p` names that."""
KEY = pytest.StashKey["Manifest"]()


class Conclusion(str, Enum):
    """How a test of the contract ends."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    XFAILED = "xfailed"

    @classmethod
    def of(cls, clause: ClauseVerdict) -> Conclusion:
        """How a test must end that had such a verdict."""
        if clause.verdict is Verdict.MISSING:
            return cls.SKIPPED if clause.level is Level.PROVISIONAL else cls.FAILED
        if clause.fails:
            return cls.FAILED
        if clause.verdict is Verdict.KEPT:
            return cls.PASSED
        excused = clause.verdict in (Verdict.UNDECLARED, Verdict.NOT_OFFERED, Verdict.NOT_TRIED, Verdict.HIDDEN)
        return cls.SKIPPED if excused else cls.XFAILED


class Entry(BaseModel):
    """What is known of one clause of one class."""

    clause: str
    selected: bool = False
    """Whether pytest was to run it."""
    verdict: Verdict | None = None
    """What the judge said; none if it wasn't asked."""
    outcome: str = ""
    """How pytest ended the test; empty if it did not run."""
    why: str = ""
    """Why it did not run, or was skipped."""

    @property
    def judged(self) -> ClauseVerdict:
        """The clause's verdict, which is missing if the judge wasn't asked."""
        level = CLAUSES[self.clause].level
        return ClauseVerdict(id=self.clause, level=level, verdict=self.verdict or Verdict.MISSING)

    @property
    def lacking(self) -> str:
        """Why the clause has no verdict that counts; empty if it has one."""
        if self.verdict is None:
            return self.why or ("overridden" if self.outcome == "passed" else self.outcome or "not run")
        if self.verdict is Verdict.MISSING and self.judged.level is not Level.PROVISIONAL:
            return "nothing was compared"
        right = Conclusion.of(self.judged)
        honest = self.outcome in (right.value, Conclusion.FAILED.value)
        return "" if honest else f"{self.why or self.outcome}, though the verdict is: {self.verdict.value}"


class Manifest:
    """The classes of a session that run the contract, and what became of their clauses."""

    def __init__(self) -> None:
        self.profile = _profile()
        self.entries: dict[str, dict[str, Entry]] = {}
        """By class and clause."""
        self.troubles: list[str] = []
        """What went wrong when the harnesses were stopped."""
        self._examiners: dict[str, Examiner | HarnessBroken] = {}
        self._programs: dict[str, list[Finding]] = {}

    def expect(self, contract: type[ExperimentTrackerContract]) -> None:
        """A class was collected: each clause that applies needs a verdict from now on."""
        clauses = [clause for clause in CLAUSES.values() if self._applies(clause, contract)]
        self.entries.setdefault(_name(contract), {clause.id: Entry(clause=clause.id) for clause in clauses})

    def expected(self, contract: type[ExperimentTrackerContract], clause: str) -> Entry | None:
        """What is known of a clause; None if it does not apply."""
        return self.entries[_name(contract)].get(clause)

    def judge(self, contract: type[ExperimentTrackerContract], clause: Clause) -> tuple[ClauseVerdict, list[Finding]]:
        """Have a clause tried.

        Raises:
            HarnessBroken: The harness is at fault.
        """
        examiner = self._examiner(contract)
        try:
            findings = [found for found in self._of_programs(contract, examiner) if found.clause == clause.id]
            findings += [message.finding for message in examiner.judge(clause) if isinstance(message, Judged)]
        except HarnessBroken as broken:
            self._examiners[_name(contract)] = broken
            examiner.__exit__(type(broken))
            raise
        verdict = verdict_of(clause, findings, examiner.tried)
        if (entry := self.expected(contract, clause.id)) is not None:
            entry.verdict = verdict.verdict
        return verdict, findings

    def lacking(self) -> Iterator[tuple[str, str, str]]:
        """Class, clause and reason of each clause that has no verdict that counts."""
        for contract, entries in self.entries.items():
            for entry in entries.values():
                if entry.lacking:
                    yield contract, entry.clause, entry.lacking

    def conformity(self, contract: str) -> Conformity:
        """What the clauses of a class come to."""
        return conformity([entry.judged for entry in self.entries[contract].values()])

    @property
    def incomplete(self) -> bool:
        """Whether the session must not end well."""
        return bool(self.troubles) or any(True for _ in self.lacking())

    def forget_unselected(self) -> None:
        """Leave out what was not to run."""
        for name, entries in self.entries.items():
            ran = {id: entry for id, entry in entries.items() if entry.outcome or entry.verdict is not None}
            self.entries[name] = ran

    def close(self) -> None:
        """Stop all that was started."""
        self.troubles += [trouble for examiner in self._examiners.values() if (trouble := _closed(examiner))]

    def dump(self) -> Any:
        """All entries, for another process."""
        return {name: [entry.model_dump(mode="json") for entry in of.values()] for name, of in self.entries.items()}

    def merge(self, dumped: Any) -> None:
        """Add what another process knows."""
        for name, entries in dumped.items():
            ours = self.entries.setdefault(name, {})
            for entry in map(Entry.model_validate, entries):
                if entry.clause not in ours or entry.outcome:
                    ours[entry.clause] = entry

    def _of_programs(self, contract: type[ExperimentTrackerContract], examiner: Examiner) -> list[Finding]:
        """They are executed once, and judged by every clause."""
        name = _name(contract)
        if name not in self._programs:
            entries = self.entries[name]
            selected = [id for id, entry in entries.items() if entry.selected]
            programs = Programs([examiner], few=len(selected) < len(entries), clauses=selected)
            self._programs[name] = with_causes(programs.run(Told()))
        return self._programs[name]

    def _applies(self, clause: Clause, contract: type[ExperimentTrackerContract]) -> bool:
        declared = clause.feature is None or clause.feature in contract.harness.features
        return declared and any(self.profile.examples(driver) for driver in clause.drivers)

    def _examiner(self, contract: type[ExperimentTrackerContract]) -> Examiner:
        name = _name(contract)
        if name not in self._examiners:
            self._examiners[name] = _started(contract, self.profile)
        if isinstance(found := self._examiners[name], HarnessBroken):
            raise found
        return found


def manifest_of(config: pytest.Config) -> Manifest:
    """The session's manifest.

    Raises:
        pytest.UsageError: The plugin is switched off, or the profile is unknown.
    """
    if not any(map(config.pluginmanager.has_plugin, PLUGIN)):
        raise pytest.UsageError("The contract needs the pytest plugin tracker-contracts, which is switched off.")
    if KEY not in config.stash:
        config.stash[KEY] = Manifest()
    return config.stash[KEY]


def _profile() -> Profile:
    name = os.environ.get(VARIABLE, QUICK.name)
    if name not in PROFILES:
        raise pytest.UsageError(f"{VARIABLE} is {name!r}, but it must be one of {', '.join(PROFILES)}.")
    return PROFILES[name]


def _name(contract: type) -> str:
    return f"{contract.__module__}.{contract.__qualname__}"


def _started(contract: type[ExperimentTrackerContract], profile: Profile) -> Examiner | HarnessBroken:
    try:
        return Examiner(spec_of(contract.harness), profile).__enter__()
    except HarnessBroken as broken:
        return broken


def _closed(examiner: Examiner | HarnessBroken) -> str:
    try:
        if isinstance(examiner, Examiner):
            examiner.__exit__(None)
    except HarnessBroken as broken:
        return str(broken)
    return ""
