"""One cell of the matrix, and the report of what it showed."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Literal

from packaging.version import Version
from pydantic import BaseModel, ConfigDict, Field, RootModel

from tracker_contracts.report.report import Conformity, Report
from tracker_contracts.report.verdict import Finding, Verdict

TELLING = (
    Verdict.BROKEN,
    Verdict.HIDDEN,
    Verdict.KEPT_AFTER_ALL,
    Verdict.GAP,
    Verdict.MISSING,
    Verdict.NOT_TRIED,
)
"""Findings that say more than the clause's verdict does; only these are stored."""

PYTHON = "python"
"""The axis that is no package."""

Block = dict[str, tuple[str, ...]]
"""Some releases of each axis, of which each goes with each."""

LONGEST_STORY = 1500
"""Characters that are kept of a counterexample; the command beside it shows all of them."""


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, extra="forbid")


class Cell(RootModel[dict[str, str]]):
    """One combination of releases: of `python`, such as `3.11`, and of each package that is an axis: `0.84.3`."""

    model_config = ConfigDict(frozen=True)

    def __getitem__(self, axis: str) -> str:
        return self.root[axis]

    def __hash__(self) -> int:
        return hash(frozenset(self.root.items()))

    @property
    def axes(self) -> list[str]:
        """Python, and then the packages in their order."""
        return [PYTHON, *in_order(self.root)]

    @property
    def name(self) -> str:
        """Such as `py311-zenml084`: the tox environment, and the name of the report's file."""
        return "-".join(f"{short(axis)}{factor(self[axis])}" for axis in self.axes)

    def but(self, **releases: str) -> Cell:
        """The cell with other releases, by their axes."""
        return Cell(self.root | releases)


class State(str, Enum):
    """How far a cell came."""

    RAN = "ran"
    NOT_INSTALLED = "could not be installed"
    CRASHED = "crashed"
    """It was installed, but the contract could not be tried; the error says why."""


class Works(str, Enum):
    """What became of a documented block."""

    YES = "works"
    NO = "fails"
    NOT_REACHED = "not reached"
    """A block before it fails."""


class BlockReport(_Stored):
    """What became of one block of a documentation page, run by a shell or by Python as it stands."""

    page: str
    """The page's file, such as `docs/how-to/start.md`."""
    line: int
    """Where the block begins on the page, from 1."""
    language: Literal["shell", "python"]
    verdict: Works
    story: str = ""
    """The end of what was printed, if it fails."""


class CellReport(_Stored):
    """What one cell showed."""

    report: Literal[1] = 1
    """The version of this format."""
    cell: Cell
    code: str
    """A digest of the packages under test and of the plan of this cell; another one, another report is due."""
    date: datetime.date
    state: State
    error: str = ""
    """Why it did not run."""
    seconds: int
    """That the cell took, without its installation."""
    command: str
    """The line that repeats it, from the root of a checkout."""
    contracts: dict[str, Report] = Field(default_factory=dict)
    """By harness; only findings that say more than the clause's verdict are kept."""
    page: list[BlockReport] = Field(default_factory=list)
    """The blocks that apply to this cell, in their order."""

    @property
    def good(self) -> bool:
        """Whether it ran, all its trackers conform, and all documented blocks work."""
        conform = all(report.outcome is Conformity.CONFORMS for report in self.contracts.values())
        return self.state is State.RAN and conform and all(block.verdict is Works.YES for block in self.page)

    def write(self, folder: Path) -> Path:
        """Store it under the cell's name, as JSON that is sorted and leaves out what is at its default."""
        fields = self.model_dump(mode="json", exclude_defaults=True) | {"report": self.report}
        file = file_in(folder, self.cell)
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=False)
        # first beside it, so that an interrupted run never leaves half a report
        half = file.with_suffix(".half")
        half.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
        half.replace(file)
        return file


def file_in(folder: Path, cell: Cell) -> Path:
    """Where a folder of reports has the cell's."""
    return folder / f"{cell.name}.json"


def read(file: Path) -> CellReport:
    """A stored report.

    Raises:
        OSError: The file can't be read.
        ValueError: It is no report of a cell; the message names the file.
    """
    try:
        # not by pydantic's own reader, which refuses half a surrogate pair
        return CellReport.model_validate(json.loads(file.read_bytes()))
    except ValueError as error:
        raise ValueError(f"{file} is no report of a cell of the matrix: {error}") from error


def read_all(folder: Path) -> Iterator[CellReport]:
    """The reports of a folder, from the oldest cell on.

    Raises:
        ValueError: A JSON file in it is no report of a cell.
    """
    yield from sorted(map(read, folder.glob("*.json")), key=lambda report: age(report.cell))


def in_order(axes: Iterable[str]) -> list[str]:
    """The packages among the axes: ZenML, which the contract is about, comes before all others."""
    return sorted(set(axes) - {PYTHON}, key=lambda axis: (axis != "zenml", axis))


def age(cell: Cell) -> tuple[Version, ...]:
    """What sorts cells from the oldest on: ZenML, Python, and then the others."""
    first, *rest = in_order(cell.root)
    return tuple(Version(cell[axis]) for axis in (first, PYTHON, *rest))


def collapsed(cells: Iterable[Cell]) -> list[Block]:
    """The cells as few whole blocks: in each, all of these releases of one axis go with all of those of another."""
    blocks: list[Block] = [{axis: (release,) for axis, release in cell.root.items()} for cell in cells]
    for axis in (PYTHON, *reversed(in_order(blocks[0] if blocks else ()))):
        grouped: dict[tuple[tuple[str, tuple[str, ...]], ...], tuple[str, ...]] = {}
        for block in blocks:
            key = tuple(sorted((other, releases) for other, releases in block.items() if other != axis))
            grouped[key] = (*grouped.get(key, ()), *block[axis])
        blocks = [{**dict(key), axis: releases} for key, releases in grouped.items()]
    return blocks


def minor(release: str) -> str:
    """`0.84` of `0.84.3`."""
    return "{0.major}.{0.minor}".format(Version(release))


def short(axis: str) -> str:
    """`py`, or the package's name without what tox takes for a mark."""
    return "py" if axis == PYTHON else re.sub(r"[^a-z0-9]", "", axis)


def factor(release: str) -> str:
    """`084` of `0.84.3`, as tox has it in the names of environments."""
    return minor(release).replace(".", "")


def shortened(report: Report) -> Report:
    """The report without what another run of the same code would tell differently, or what the verdicts tell."""
    telling = [_short(finding) for finding in report.findings if finding.verdict in TELLING]
    return report.model_copy(update={"findings": telling})


def _short(finding: Finding) -> Finding:
    story = finding.story if len(finding.story) <= LONGEST_STORY else f"{finding.story[:LONGEST_STORY]} …"
    return finding.model_copy(update={"seconds": 0.0, "examples": 0, "comparisons": 0, "story": story})
