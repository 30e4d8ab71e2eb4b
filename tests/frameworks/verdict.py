"""What is to be said of a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tests.frameworks.case import Case
from tests.frameworks.found import Found


class Verdict(NamedTuple):
    """A cell of the table."""

    found: int
    wanted: int
    runs: int
    status: str
    """Of the step's run."""
    trouble: Sequence[str]
    """Why the cell does not hold; empty if it does."""
    note: str = ""
    """Why rows are missing where the cell holds all the same."""

    def __str__(self) -> str:
        """As in the table."""
        mark = "**FAILS** " if self.trouble else ""
        return f"{mark}{self.found} : {self.wanted}, {self.runs} {'run' if self.runs == 1 else 'runs'}, {self.status}"


def of(case: Case, backend: str, found: Found | None, output: str) -> Verdict:
    """What a cell left, beside what it should have."""
    rows = case.rows(backend)
    wanted = sum(rows.values())
    if found is None:
        return Verdict(0, wanted, 0, "none", [f"the process left nothing: {output[-300:]}"])
    there = sum(min(found.rows.get(name, 0), count) for name, count in rows.items())
    lacking = there < wanted
    note = case.rules.get(backend, "") if lacking else ""
    trouble = [*_troubles(case, found), *_of_the_rule(case, backend, lacking)]
    if lacking and not note:
        trouble.append(_missing(case, backend, found))
    status = found.statuses[0] if found.statuses else "none"
    return Verdict(there, wanted, len(found.statuses), status, trouble, note)


def _troubles(case: Case, found: Found) -> list[str]:
    ended, status = ("failed", "failed") if case.fails else ("completed", "finished")
    told = []
    if found.step != ended:
        told.append(f"the step {found.step}: {found.error}")
    if case.fails and case.raises not in found.error:
        told.append(f"the step raised {found.error}")
    if len(found.statuses) != case.runs:
        told.append(f"{len(found.statuses)} runs where there should be {case.runs}")
    if found.statuses[:1] != [status]:
        told.append(f"the run is {found.statuses[:1]}, and should be {status}")
    if not found.name.startswith("frameworks-"):
        told.append(f"the run is called {found.name!r}")
    return told


def _of_the_rule(case: Case, backend: str, lacking: bool) -> list[str]:
    """A rule that explains nothing any more is to go."""
    return ["no row is missing; take the rule out"] if backend in case.rules and not lacking else []


def _missing(case: Case, backend: str, found: Found) -> str:
    missing = {
        name: f"{found.rows.get(name, 0)} of {count}"
        for name, count in case.rows(backend).items()
        if found.rows.get(name, 0) < count
    }
    return f"{missing} without a rule; there is {found.rows}, and these warnings: {found.warnings}"
