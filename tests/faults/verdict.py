"""What is to be said of a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tests.faults.fault import Fault
from tests.faults.found import Found
from tests.faults.tracker import Tracker

LONGEST = 20.0
"""Seconds that our flavors may add: their deadline, and what a busy machine may take on top."""


class Verdict(NamedTuple):
    """A cell of the table."""

    step: str
    added: float
    """Seconds, over the same step without a fault."""
    logged: int
    found: int
    rows: str
    """What is to be said of the rows beside their number; empty if all are there, once and in order."""
    status: str
    """Of the step's run."""
    warnings: int
    trouble: Sequence[str]
    """Why the cell does not hold; empty if it does, and for what is not ours."""
    note: str = ""
    """Why nobody could do better, or what is to be known beside."""

    def __str__(self) -> str:
        rows = f"{self.found} of {self.logged}{', ' + self.rows if self.rows else ''}"
        return f"step {self.step}, {self.added:+.1f} s, {rows}, run {self.status}, {self.warnings} warnings"


def of(fault: Fault, tracker: Tracker, found: Found, usual: Found) -> Verdict:
    """What a cell left, beside what it should have.

    Args:
        fault: What went wrong.
        tracker: Where.
        found: What was left.
        usual: What the same step leaves on the same tracker without a fault.
    """
    values = [value for run in found.runs for value in run.values]
    trouble = list(_troubles(fault, tracker, found, usual)) if tracker.ours else []
    note = fault.notes.get(tracker.name, "")
    if note and tracker.ours:
        trouble = [] if trouble else ["all is well; take the note out"]
    return Verdict(
        step=found.step if found.in_time else "hung",
        added=_added(fault, found, usual),
        logged=found.logged,
        found=len(set(values)),
        rows=_said_of(values, found),
        status=_status(found),
        warnings=len(found.warnings),
        trouble=trouble,
        note=note,
    )


def _added(fault: Fault, found: Found, usual: Found) -> float:
    """Of a step that ends in its middle, what comes after its last row is compared."""
    return found.seconds_after - usual.seconds_after if fault.cuts else found.seconds - usual.seconds


def _status(found: Found) -> str:
    if not found.runs:
        return "unreadable" if "Error" in found.unreadable else "missing"
    return ", ".join(sorted({run.status for run in found.runs}))


def _said_of(values: Sequence[float], found: Found) -> str:
    if len(set(values)) < len(values):
        return "some twice"
    if list(values) != sorted(values):
        return "out of order"
    return "the rest in the journal" if len(values) < found.logged and found.journals else ""


def _troubles(fault: Fault, tracker: Tracker, found: Found, usual: Found) -> Iterator[str]:
    if not found.in_time:
        yield "a process hung"
    if found.step != fault.step:
        yield f"the step is {found.step}, and should be {fault.step}"
    if (added := _added(fault, found, usual)) > LONGEST:
        yield f"{added:.0f} s more"
    if fault.away:
        yield from _troubles_of_one_away(found)
    else:
        yield from _troubles_of_the_run(fault, found)


def _troubles_of_one_away(found: Found) -> Iterator[str]:
    """Nothing can be stored: all has to be kept."""
    if not found.journals:
        yield "nothing is kept of what the tracker could not take"


def _troubles_of_the_run(fault: Fault, found: Found) -> Iterator[str]:
    if len(found.runs) != 1:
        yield f"there are {len(found.runs)} runs: {found.unreadable}"
        return
    (run,) = found.runs
    # the process may have ended between a call's return and the line that says so
    if run.values not in ([*range(found.logged)], [*range(found.logged + 1)]):
        yield f"of {found.logged} rows there are {run.values}"
    if run.status != fault.status:
        yield f"the run is {run.status}, and should be {fault.status}: {run.error}"
