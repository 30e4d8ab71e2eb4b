"""The shape of what the HTML page holds for its script."""

from __future__ import annotations

import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from tracker_contracts.clauses import Level
from tracker_contracts.matrix.view import PAGES
from tracker_contracts.matrix.view_marks import Mark
from tracker_contracts.report.report import Conformity
from tracker_contracts.report.verdict import Verdict


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True)


class ClauseData(_Data):
    """A clause."""

    id: str
    level: Level
    chapter: str
    sentence: str


class FindingData(_Data):
    """What a trial showed; texts by their place."""

    trial: str
    driver: str
    verdict: Verdict
    advice: int | None
    story: int | None
    replay: int | None


class ReportData(_Data):
    """What became of one backend in a cell."""

    outcome: Conformity
    summary: str
    stores: str
    contract: str
    profile: str
    programs: int
    """That were executed."""
    left_out: int
    """Programs for which there was no time."""
    features: str
    verdicts: list[int | None]
    """By clause, in the contract's order: the place in the list of verdicts."""
    findings: dict[str, list[FindingData]]


class CauseData(_Data):
    """Why something is red that can't be mended here."""

    clause: str | None
    """None: the cell is red as a whole."""
    cause: int | None
    link: str


class BlockData(_Data):
    """A block of the documentation."""

    where: str
    language: str
    mark: Mark
    story: int | None


class CellData(_Data):
    """A combination of releases."""

    name: str
    title: str
    releases: dict[str, str]
    """By axis."""
    backends: list[str]
    """Those that there is something to tell of."""
    ruled_out: bool = False
    mark: Mark | None = None
    """Of a cell that did not run, whatever the backend."""
    why: int | None = None
    """That it did not run."""
    command: int | None = None
    date: datetime.date | None = None
    took: str = ""
    exact_python: str = ""
    reports: dict[str, ReportData] = {}
    page: list[BlockData] = []
    page_mark: Mark | None = None
    causes: list[CauseData] = []


class PageData(_Data):
    """All of it."""

    page: str = PAGES
    axes: list[str]
    """As they are read: the packages, with Python as the second one."""
    labels: dict[str, str]
    """Of the axes, for people."""
    backends: list[str]
    clauses: list[ClauseData]
    badness: list[int | None]
    """Of each verdict, as two reports are compared; none: it compares with nothing."""
    marks: dict[str, Any]
    words: list[dict[str, Any]]
    """What can be filtered for, in groups."""
    legend: dict[str, list[Mark]]
    breaks: dict[str, str]
    """What is different from a release of the first package on."""
    cells: list[CellData]
    texts: list[str]
