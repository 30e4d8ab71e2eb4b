"""Reports of a small matrix, made from the real models: for tests of what readers are shown."""

from __future__ import annotations

import datetime
from typing import Any

from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.matrix import plan
from tracker_contracts.matrix.model import BlockReport, Cell, CellReport, State, Works
from tracker_contracts.matrix.versions import Versions
from tracker_contracts.matrix.view import View
from tracker_contracts.report.report import Report, Tried
from tracker_contracts.report.report import Versions as Took
from tracker_contracts.report.verdict import Finding, Verdict

HOSTILE = (
    "</script></pre><script>harmed = 1</script><img src=x onerror='harmed = 1'><!-- \u202egnp.exe\u2066 \ud83e "
    "\u05e9\u05dc\u05d5\u05dd | `x` {{ 7 * 7 }} {% raw %} ${8 * 8} \u2028 \x00\x1b[31m & &lt; *a* "
    "[b](javascript:harmed=1)"
)
"""What a counterexample may hold: markup, half a surrogate pair, marks of direction, control characters, templates."""

VERSIONS: dict[str, Any] = {
    "packages": {"one": "."},
    "axes": {"zenml": ["0.90.0", "0.97.0", "0.98.0"], "python": ["3.12", "3.13"], "trackio": ["0.30.1", "0.43.0"]},
    "labels": {"trackio": "Trackio"},
    "ruled_out": [{"zenml": "<0.91", "python": ">=3.13", "why": "ZenML 0.90 is for Python <3.13."}],
    "breaks": [{"zenml": "0.96", "what": "ZenML has a flavor of this name."}],
    "contracts": [{"harness": "trackio"}, {"harness": "zenml-mlflow", "zenml": ">=0.97"}],
    "pages": [{"file": "docs/a.md", "harness": "trackio", "place": "local", "project": "p", "runs": 1}],
    "causes": [
        {"zenml": "==0.97.0", "clauses": ["T2"], "cause": "ZenML leaves it out.", "link": "https://example.com/1"}
    ],
}

BAD = Cell(zenml="0.97.0", python="3.12", trackio="0.43.0")
"""The tracker breaks T2, for a known cause, and F5, which is provisional; the other one breaks M3 as well."""
CRASHED = Cell(zenml="0.98.0", python="3.13", trackio="0.30.1")
RULED_OUT = Cell(zenml="0.90.0", python="3.13", trackio="0.43.0")
GOOD = Cell(zenml="0.98.0", python="3.13", trackio="0.43.0")


def report(harness: str, cell: Cell, *broken: str, story: str = HOSTILE) -> Report:
    """The report of a tracker that keeps all but these clauses."""
    took = Took(
        zenml=cell["zenml"], backend="1.0", python=f"{cell['python']}.7", tracker_contracts="0.1.0", contract="1"
    )
    tried = Tried(tracker=harness, harness=harness, backend="files", versions=took, features=[], profile="default")
    findings = [_finding(id, Verdict.BROKEN if id in broken else Verdict.KEPT, story) for id in CLAUSES]
    made = Report.of(tried, list(CLAUSES.values()), findings)
    telling = [finding for finding in findings if finding.verdict is Verdict.BROKEN]
    return made.model_copy(update={"date": DAY, "findings": telling})


def ran(cell: Cell, *contracts: Report, works: Works = Works.YES, **more: Any) -> CellReport:
    """The report of a cell that these contracts and one documented block were tried in."""
    story = HOSTILE if works is Works.NO else ""
    block = BlockReport(page="docs/a.md", line=7, language="shell", verdict=works, story=story)
    known = {each.harness: each for each in contracts}
    return CellReport(**_common(cell), state=State.RAN, contracts=known, page=[block], **more)


def not_run(cell: Cell, state: State, error: str) -> CellReport:
    return CellReport(**_common(cell), state=state, error=error)


def small(**versions: Any) -> View:
    """A matrix with something of each kind."""
    listed = Versions.model_validate(VERSIONS | versions)
    return View([_reported(cell) for cell in plan.cells(listed, "full")], listed)


def good(**versions: Any) -> View:
    """A matrix in which all is well."""
    listed = Versions.model_validate(VERSIONS | versions)
    return View([ran(cell, report("trackio", cell)) for cell in plan.cells(listed, "full")], listed)


DAY = datetime.date(2026, 11, 24)


def _reported(cell: Cell) -> CellReport:
    if cell == CRASHED:
        return not_run(cell, State.CRASHED, f"Traceback\nError: {HOSTILE}")
    if cell == BAD:
        contracts = (report("trackio", cell, "T2", "F5"), report("zenml-mlflow", cell, "T2", "M3"))
        return ran(cell, *contracts, works=Works.NO)
    others = [report("zenml-mlflow", cell, "M3")] if cell["zenml"] != "0.90.0" else []
    return ran(cell, report("trackio", cell), *others)


def _finding(clause: str, verdict: Verdict, story: str) -> Finding:
    told = {"story": story, "advice": f"Mend it.\n\n{HOSTILE}", "replay": f"again {clause} {HOSTILE}"}
    more = told if verdict is Verdict.BROKEN else {}
    level = CLAUSES[clause].level
    return Finding(clause=clause, level=level, driver=Driver.DIRECT, trial="a_trial", verdict=verdict, **more)


def _common(cell: Cell) -> dict[str, Any]:
    return {"cell": cell, "code": "c0de", "date": DAY, "seconds": 95, "command": f"python -m tox -e {cell.name}"}
