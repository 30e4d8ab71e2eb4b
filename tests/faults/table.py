"""The table of the cells, for the terminal and for the docs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from tests.faults.verdict import Verdict

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
DISTRIBUTIONS = ("trackio", "mlflow", "wandb", "tensorboard", "aim", "comet_ml", "zenml")
HEAD = ["Fault", "Tracker", "Step", "Seconds added", "Rows logged", "Rows found", "Run", "Warnings"]

Verdicts = Mapping[tuple[str, str], Verdict]
"""By the names of fault and tracker."""


def text(verdicts: Verdicts) -> str:
    """Markdown, aligned: a line a cell, those of a fault beside each other."""
    notes: dict[str, int] = {}
    rows, before = [], ""
    for (fault, tracker), verdict in verdicts.items():
        rows.append([fault if fault != before else "", f"`{tracker}`", *_cells(verdict, notes)])
        before = fault
    told = [f"{number}. {note}" for note, number in notes.items()]
    return "\n".join([*_aligned([HEAD, *rows]), *(["", *told] if told else [])])


def write(page: Path, verdicts: Verdicts) -> None:
    """Put the table in its place on the page."""
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    used = ", ".join(f"{each} {version(each)}" for each in DISTRIBUTIONS)
    page.write_text(f"{before}{BEGIN}\n{text(verdicts)}\n\nWith {used}.\n{END}{after}")


def _cells(verdict: Verdict, notes: dict[str, int]) -> list[str]:
    mark = "**FAILS** " if verdict.trouble else ""
    note = f" ({notes.setdefault(verdict.note, len(notes) + 1)})" if verdict.note else ""
    found = f"{verdict.found}, {verdict.rows}" if verdict.rows else str(verdict.found)
    # a tenth of a second is what the machine does by itself
    added = f"{max(verdict.added, 0.0):.0f}"
    return [f"{mark}{verdict.step}{note}", added, str(verdict.logged), found, verdict.status, str(verdict.warnings)]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]
