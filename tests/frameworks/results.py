"""Verdicts in a file, so that a table can be made in parts: the last of a cell counts."""

from __future__ import annotations

import json
from pathlib import Path

from tests.frameworks.case import all_cases
from tests.frameworks.table import Verdicts
from tests.frameworks.verdict import Verdict


def load(file: Path) -> Verdicts:
    """Those of cases that there still are, in their order."""
    lines = file.read_text().splitlines() if file.exists() else []
    found = {(case, backend): Verdict(**fields) for case, backend, fields in map(json.loads, lines)}
    return {
        (case.name, backend): found[case.name, backend]
        for case in all_cases().values()
        for backend in case.backends
        if (case.name, backend) in found
    }


def add(file: Path, case: str, backend: str, verdict: Verdict) -> None:
    """Append one."""
    with file.open("a") as lines:
        lines.write(json.dumps([case, backend, verdict._asdict()]) + "\n")
