"""The table, for the terminal and for the docs."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from tests.bench.case import Result

BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
DISTRIBUTIONS = ("zenml", "trackio", "mlflow", "wandb", "tensorboard", "aim")
HEAD = ["What", "Ours : rival", "Half of the pairs", "Processor time", "Target", "Ours", "Rival", "The rival is"]


def text(results: Sequence[Result]) -> str:
    """Markdown: a line a case."""
    return "\n".join(_aligned([HEAD, *map(_cells, results)]))


def write(page: Path, results: Sequence[Result]) -> None:
    """Put the table in its place on the page, with the machine in words."""
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    used = ", ".join(f"{each} {version(each)}" for each in DISTRIBUTIONS)
    machine = f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}, {used}"
    page.write_text(f"{before}{BEGIN}\n{text(results)}\n\nMeasured on {date.today()}: {machine}.\n{END}{after}")


def _cells(result: Result) -> list[str]:
    low, high = result.quartiles
    ours, rival = result.seconds
    return [
        result.case.name,
        f"{result.ratio:.2f}" if result.is_met else f"**{result.ratio:.2f}**",
        f"{low:.2f} to {high:.2f}",
        f"{result.cpu:.2f}",
        f"{result.case.target:.3g}",
        _time(ours),
        _time(rival),
        result.case.against,
    ]


def _time(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]
