"""The report of a contract run: its fields are published as a JSON Schema, and two of them can be compared."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tracker_contracts.clauses import CLAUSES, Clause, Driver, Level
from tracker_contracts.profiles import PROFILES
from tracker_contracts.report.follow import BROKEN, in_order, with_causes
from tracker_contracts.report.verdict import Finding, Verdict, fails, worst

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Conformity(str, Enum):
    """What all clauses together come to."""

    CONFORMS = "conforms"
    BREAKS = "does not conform"
    """A core clause, or an extended one whose feature is declared, is broken; or a declared gap is none."""
    INCOMPLETE = "incomplete"
    """Nothing is broken, but a clause that should have been tried has no verdict."""


class _Documented(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, extra="forbid")


class Versions(_Documented):
    """What took part."""

    zenml: str
    backend: str
    """Of the distribution that the harness names; `unknown` if no such distribution is installed."""
    python: str
    tracker_contracts: str
    contract: str
    """The clauses' own version."""


class Tried(_Documented):
    """Which tracker was tried, and how."""

    tracker: str
    """The name that the harness gives it."""
    harness: str
    """The installed name, or `package.module:Class`."""
    backend: str
    """The distribution that stores the runs."""
    versions: Versions
    features: list[str]
    """Extended features that the harness declares, sorted."""
    settings: list[str] = []
    """What the flavor lets a step say, sorted."""
    profile: str
    """How hard it was tried: quick, default or thorough."""
    drivers: list[Driver] = list(Driver)
    """What executed the steps; all, unless some were asked for."""
    seed: int | None = None
    """Where the search for counterexamples began; none: the same examples each time."""


class ClauseVerdict(_Documented):
    """What became of one clause."""

    id: str
    level: Level
    verdict: Verdict
    """The worst that its findings show."""
    follows_from: list[str] = []
    """The clauses that explain all that is broken, or hidden, of it: mending those mends it too."""

    @property
    def fails(self) -> bool:
        """Whether the tracker does not conform for this clause."""
        return fails(self.level, self.verdict)


class Stopped(str, Enum):
    """Why a check ended before all was tried."""

    INTERRUPTED = "interrupted"
    FIRST = "at the first broken clause"


class Timing(_Documented):
    """Where a part of the time went; parts of different drivers may have gone on at the same time."""

    what: Literal["start", "programs", "searches", "trials"]
    """To start and to try a silent step; to execute programs; to look for smaller ones; to try clauses."""
    driver: Driver | None = None
    """None: all of the examiner's."""
    clause: str = ""
    """Empty: all of them."""
    seconds: float
    count: int = 1
    """How often that was done."""


class Report(Tried):
    """What a contract run showed."""

    report: Literal[1] = 1
    """The version of this format."""
    date: datetime.date
    outcome: Conformity
    programs: int = 0
    """How many were executed."""
    left_out: int = 0
    """Programs for which there was no time."""
    left_out_of: dict[Driver, int] = Field(default_factory=dict)
    """The same, by driver."""
    stopped: Stopped | None = None
    """Why it ended before all was tried; none if nothing ended it."""
    timings: list[Timing] = Field(default_factory=list)
    """Where the time went, if that was asked for."""
    clauses: list[ClauseVerdict]
    """Each clause that was asked for, in the order of the contract."""
    findings: list[Finding] = Field(default_factory=list)
    """What each trial showed under each driver."""

    @classmethod
    def of(
        cls,
        tried: Tried,
        asked: Sequence[Clause],
        findings: Sequence[Finding],
        programs: int = 0,
        left_out: Mapping[Driver, int] | None = None,
        stopped: Stopped | None = None,
        timings: Sequence[Timing] = (),
    ) -> Report:
        """The report of what was found.

        Args:
            tried: Which tracker was tried, and how.
            asked: The clauses that were to be tried.
            findings: What came of it; a clause without any was not tried.
            programs: How many were executed.
            left_out: Programs for which there was no time, by driver.
            stopped: Why it ended before all was tried.
            timings: Where the time went.
        """
        left_out = left_out or {}
        findings = with_causes(findings)
        clauses = [verdict_of(clause, findings, tried) for clause in asked]
        return cls(
            **dict(tried),
            date=_today(),
            outcome=conformity(clauses, stopped is not None),
            programs=programs,
            left_out=sum(left_out.values()),
            left_out_of=dict(left_out),
            stopped=stopped,
            timings=list(timings),
            clauses=clauses,
            findings=findings,
        )

    @property
    def summary(self) -> str:
        """The outcome, and what it holds for."""
        scope = [f"profile {self.profile}"]
        if self.stopped is not None:
            scope.append(self.stopped.value if self.stopped is Stopped.INTERRUPTED else f"ended {self.stopped.value}")
        if len(self.drivers) < len(Driver):
            scope.append(f"only by {', '.join(driver.value for driver in self.drivers)}")
        if len(self.clauses) < len(CLAUSES):
            scope.append(f"only {', '.join(clause.id for clause in self.clauses)}")
        return f"{self.outcome.value} ({'; '.join(scope)})"

    def write(self, file: Path) -> None:
        """Store the report as JSON, sorted and without what is left at its default."""
        fields = self.model_dump(mode="json", exclude_defaults=True) | {"report": self.report}
        text = json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=False)
        # half a surrogate pair, which a story may quote, becomes JSON's own escape
        file.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")


def read(file: Path) -> Report:
    """A stored report.

    Raises:
        OSError: The file can't be read.
        ValueError: It is no report.
    """
    # not by pydantic's own reader, which refuses half a surrogate pair
    return Report.model_validate(json.loads(file.read_bytes()))


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a report."""
    return {"$schema": DIALECT, **Report.model_json_schema()}


def verdict_of(clause: Clause, findings: Iterable[Finding], tried: Tried) -> ClauseVerdict:
    """What all trials of one clause come to."""
    own = [finding for finding in findings if finding.clause == clause.id]
    verdict = worst([finding.verdict for finding in own]) if own else _without_findings(clause, tried)
    explicable = [finding for finding in own if finding.verdict in (*BROKEN, Verdict.HIDDEN)]
    follows = {cause for finding in explicable for cause in finding.follows_from}
    explained = bool(explicable) and all(finding.follows_from for finding in explicable)
    return ClauseVerdict(
        id=clause.id, level=clause.level, verdict=verdict, follows_from=in_order(follows) if explained else []
    )


def conformity(clauses: Sequence[ClauseVerdict], stopped: bool = False) -> Conformity:
    """What the clauses come to: what is broken counts more than what is missing, or was not tried to its end."""
    if any(clause.fails for clause in clauses):
        return Conformity.BREAKS
    binding = (clause for clause in clauses if clause.level is not Level.PROVISIONAL)
    missing = stopped or any(clause.verdict in (Verdict.MISSING, Verdict.HIDDEN) for clause in binding)
    return Conformity.INCOMPLETE if missing else Conformity.CONFORMS


def _without_findings(clause: Clause, tried: Tried) -> Verdict:
    if clause.feature is not None and clause.feature not in tried.features:
        return Verdict.UNDECLARED
    if clause.setting is not None and clause.setting not in tried.settings:
        return Verdict.NOT_OFFERED
    profile = PROFILES[tried.profile]
    tries = any(profile.examples(driver) for driver in clause.drivers if driver in tried.drivers)
    return Verdict.MISSING if tries else Verdict.NOT_TRIED


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.timezone.utc).date()
