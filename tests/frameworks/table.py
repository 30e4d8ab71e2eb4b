"""The table of the cells, for the terminal and for the docs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from tests.frameworks.case import BACKENDS
from tests.frameworks.verdict import Verdict

BEGIN, END = "<!-- frameworks: begin -->", "<!-- frameworks: end -->"
DISTRIBUTIONS = (
    "transformers",
    "trl",
    "accelerate",
    "lightning",
    "scikit-learn",
    "xgboost",
    "lightgbm",
    "keras",
    "optuna",
    "torch",
    "nbclient",
    *BACKENDS,
    "zenml",
)

Verdicts = Mapping[tuple[str, str], Verdict]
"""By the names of case and backend."""


def text(verdicts: Verdicts) -> str:
    """Markdown, aligned: case, and a column a backend."""
    notes: dict[str, int] = {}
    names = list(dict.fromkeys(name for name, _ in verdicts))
    rows = [[name, *(_cell(verdicts.get((name, backend)), notes) for backend in BACKENDS)] for name in names]
    lines = _aligned([["Case", *BACKENDS], *rows])
    told = [f"{number}. {note}" for note, number in notes.items()]
    return "\n".join([*lines, *(["", *told] if told else [])])


def write(page: Path, verdicts: Verdicts) -> None:
    """Put the table in its place on the page."""
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    used = ", ".join(f"{each} {version(each)}" for each in DISTRIBUTIONS)
    page.write_text(f"{before}{BEGIN}\n{text(verdicts)}\n\nWith {used}.\n{END}{after}")


def _cell(verdict: Verdict | None, notes: dict[str, int]) -> str:
    if verdict is None:
        return ""
    note = f" ({notes.setdefault(verdict.note, len(notes) + 1)})" if verdict.note else ""
    return f"{verdict}{note}"


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]
