"""What was found in a file, so that a table can be made in parts: the last of a cell counts."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faults import verdict
from tests.faults.fault import NONE, all_faults
from tests.faults.found import Found
from tests.faults.table import Verdicts
from tests.faults.tracker import TRACKERS

Results = dict[tuple[str, str], Found]
"""By the names of fault and tracker."""


def load(file: Path) -> Results:
    lines = file.read_text().splitlines() if file.exists() else []
    return {(fault, tracker): Found.model_validate(found) for fault, tracker, found in map(json.loads, lines)}


def add(file: Path, fault: str, tracker: str, found: Found) -> None:
    """Append one."""
    with file.open("a") as lines:
        lines.write(json.dumps([fault, tracker, found.model_dump()]) + "\n")


def judged(results: Results) -> Verdicts:
    """Those of faults and trackers that there still are, in their order."""
    return {
        (fault.name, tracker.name): verdict.of(fault, tracker, results[cell], results[NONE.name, tracker.name])
        for fault in all_faults().values()
        for tracker in TRACKERS.values()
        if (cell := (fault.name, tracker.name)) in results and (NONE.name, tracker.name) in results
    }
