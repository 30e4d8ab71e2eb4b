"""What all pages of the matrix show: the reports and the list of releases, put in the order of reading."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from packaging.version import Version

from tracker_contracts.clauses import VERSION
from tracker_contracts.matrix import plan
from tracker_contracts.matrix.model import PYTHON, Cell, CellReport, State, minor
from tracker_contracts.matrix.versions import Cause, Page, Versions
from tracker_contracts.matrix.view_marks import OUTCOMES, RULED_OUT, STATES, Mark, page_mark
from tracker_contracts.report.report import ClauseVerdict, Report

PAGES = "documented pages"
"""The column that tells whether the documentation's blocks work, beside those of the backends."""


@dataclass(frozen=True)
class View:
    """The matrix, as it is shown."""

    reports: Sequence[CellReport]
    """One at least, of one cell each."""
    versions: Versions

    def __post_init__(self) -> None:
        if not self.reports:
            raise ValueError("There is no report to show; `tracker-contracts matrix --run full` makes them.")
        for report in self.reports:
            if set(report.cell.root) != set(self.versions.axes):
                others = f"{', '.join(report.cell.axes)}, but the list has {', '.join(self.versions.axes)}"
                raise ValueError(f"{report.cell.name}.json is of {others}; take it away, or list its axes.")

    @property
    def date(self) -> datetime.date:
        """Of the newest report."""
        return max(report.date for report in self.reports)

    @property
    def contract(self) -> str:
        """The contract's versions that were tried, such as `v1`."""
        tried = {each.versions.contract for report in self.reports for each in report.contracts.values()}
        return ", ".join(f"v{version}" for version in sorted(tried or {VERSION}))

    @property
    def title(self) -> str:
        """Date, contract and the first package's releases, in one line."""
        return f"Compatibility: contract {self.contract}, {self.span(self.versions.first)}, {self.date}"

    def releases(self, of: str) -> list[str]:
        """The releases of an axis that were tried, from the oldest on."""
        return plan.ordered({report.cell[of] for report in self.reports})

    def span(self, axis: str) -> str:
        """Such as `ZenML 0.75.1-0.98.0`."""
        return f"{self.versions.label(axis)} {span(self.releases(axis))}"

    @cached_property
    def by_cell(self) -> dict[Cell, CellReport]:
        """The report of each cell that has one."""
        return {report.cell: report for report in self.reports}

    @cached_property
    def backends(self) -> list[str]:
        """The harnesses, in the order of the list of releases, then of the alphabet; and the documented pages."""
        found = {name for report in self.reports for name in report.contracts}
        listed = [contract.harness for contract in self.versions.contracts if contract.harness in found]
        pages = [PAGES] if any(report.page for report in self.reports) else []
        return [*dict.fromkeys([*listed, *sorted(found)]), *pages]

    @cached_property
    def ruled_out(self) -> dict[Cell, list[str]]:
        """What is ruled out in the rows that are shown, and why."""
        rows, newest = {self.row(report.cell) for report in self.reports}, self.versions.newest
        return {
            cell: why
            for cell, why in plan.ruled_out(self.versions).items()
            if cell not in self.by_cell
            and (self.row(cell) in rows or any(cell[axis] == newest[axis] for axis in self.versions.libraries))
        }

    def row(self, cell: Cell) -> tuple[str, ...]:
        """The releases of its packages; each Python has a column."""
        return tuple(cell[axis] for axis in self.versions.libraries)

    @cached_property
    def cells(self) -> list[Cell]:
        """All that is shown, from the newest packages and Python on."""
        axes = (*self.versions.libraries, PYTHON)
        newness = {cell: [Version(cell[axis]) for axis in axes] for cell in (*self.by_cell, *self.ruled_out)}
        return sorted(newness, key=newness.__getitem__, reverse=True)

    @cached_property
    def breaks(self) -> dict[str, list[str]]:
        """What is different from a tried release of the first package on, seen from the tried one before."""
        found: dict[str, list[str]] = {}
        first, tried = self.versions.first, self.releases(self.versions.first)
        for each in self.versions.breaks:
            since = [release for release in tried if Version(release) >= Version(each.within.get(first, "0"))]
            if 0 < len(since) < len(tried):
                found.setdefault(since[0], []).append(each.what)
        return found

    def mark(self, cell: Cell, backend: str) -> Mark | None:
        """What became of a backend in a cell; none, if it was not tried there."""
        report = self.by_cell.get(cell)
        if report is None or report.state is not State.RAN:
            whole = STATES[report.state] if report else RULED_OUT
            return whole if self._planned(cell, backend) else None
        if backend == PAGES:
            return page_mark(report.page)
        tried = report.contracts.get(backend)
        return None if tried is None else OUTCOMES[tried.outcome]

    def _planned(self, cell: Cell, backend: str) -> bool:
        """Whether the list wants the backend tried in such a cell."""
        rules = self.versions.pages if backend == PAGES else self.versions.contracts
        return any(rule.holds_for(cell) for rule in rules if isinstance(rule, Page) or rule.harness == backend)

    def causes(self, cell: Cell, clause: str | None = None) -> list[Cause]:
        """The known causes of a broken clause, or of a cell that is red as a whole."""
        return self.versions.causes_in(cell, clause)


def failing(report: Report) -> list[ClauseVerdict]:
    """The clauses for which the tracker does not conform."""
    return [clause for clause in report.clauses if clause.fails]


def span(releases: Iterable[str]) -> str:
    """The oldest and the newest release with a dash between them, or the only one."""
    known = plan.ordered(set(releases))
    return known[0] if len(known) == 1 else f"{known[0]}–{known[-1]}"  # noqa: RUF001 a range has this dash


def short_span(releases: Iterable[str]) -> str:
    """The same without patches."""
    return span(minor(release) for release in releases)
