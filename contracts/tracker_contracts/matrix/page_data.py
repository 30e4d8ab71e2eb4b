"""What the HTML page holds: all that its script needs, as JSON that is small enough to be loaded at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tracker_contracts.clauses import CHAPTERS, CLAUSES, Level
from tracker_contracts.matrix.model import BlockReport, Cell, CellReport, State
from tracker_contracts.matrix.page_shape import (
    BlockData,
    CauseData,
    CellData,
    ClauseData,
    FindingData,
    PageData,
    ReportData,
)
from tracker_contracts.matrix.view import View
from tracker_contracts.matrix.view_marks import (
    BLOCKS,
    OUTCOMES,
    RULED_OUT,
    STATES,
    Mark,
    page_mark,
    verdict_mark,
)
from tracker_contracts.matrix.view_text import duration, shortened, visible
from tracker_contracts.report.diff import BADNESS
from tracker_contracts.report.report import Report
from tracker_contracts.report.verdict import RANKS, Finding, Verdict

VERDICTS = list(Verdict)


class Texts(list[str]):
    """Long texts, each of them once: cells tell much the same stories."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int | None:
        """Where the text stands; none if there is none."""
        if not text:
            return None
        if text not in self._places:
            self._places[text] = len(self)
            self.append(shortened(text))
        return self._places[text]


def page_data(view: View) -> dict[str, Any]:
    """The data of the page, fit for JSON."""
    texts = Texts()
    cells = [_cell(view, cell, texts) for cell in view.cells]
    data = PageData(
        axes=view.versions.as_read,
        labels={axis: view.versions.label(axis) for axis in view.versions.as_read},
        backends=view.backends,
        clauses=[
            ClauseData(id=clause.id, level=clause.level, chapter=chapter.title, sentence=clause.sentence)
            for chapter in CHAPTERS
            for clause in chapter.clauses
        ],
        badness=[BADNESS.get(verdict) for verdict in VERDICTS],
        marks={"outcomes": OUTCOMES, "verdicts": _verdict_marks()},
        words=_words(),
        legend=_legend(),
        breaks={release: visible(" ".join(what)) for release, what in view.breaks.items()},
        cells=cells,
        texts=texts,
    )
    return data.model_dump(mode="json", exclude_none=True)


def _verdict_marks() -> dict[Level, list[Mark]]:
    return {level: [verdict_mark(level, verdict) for verdict in VERDICTS] for level in Level}


def _words() -> list[dict[str, Any]]:
    whole = [*OUTCOMES.values(), *STATES.values(), RULED_OUT]
    blocks = [mark.word for mark in BLOCKS.values()]
    return [
        {"name": "All clauses", "words": [mark.word for mark in whole]},
        {"name": "Documented pages", "words": blocks},
        {"name": "A clause", "words": [verdict.value for verdict in RANKS]},
    ]


def _legend() -> dict[str, list[Mark]]:
    binding = [verdict_mark(Level.EXTENDED, verdict) for verdict in VERDICTS]
    provisional = verdict_mark(Level.PROVISIONAL, Verdict.BROKEN).model_copy(update={"word": "broken, provisional"})
    clauses = [*binding[:2], provisional, *binding[2:]]
    rest = [*STATES.values(), RULED_OUT]
    return {"backends": [*OUTCOMES.values(), *rest], "clauses": [*clauses, *rest]}


def _cell(view: View, cell: Cell, texts: Texts) -> CellData:
    known: dict[str, Any] = {"name": cell.name, "title": view.versions.told(cell), "releases": cell.root}
    known["backends"] = [backend for backend in view.backends if view.mark(cell, backend)]
    report = view.by_cell.get(cell)
    if report is None:
        why = texts.place(" ".join(view.ruled_out[cell]))
        return CellData(**known, ruled_out=True, mark=RULED_OUT, why=why)
    return CellData(
        **known,
        mark=None if report.state is State.RAN else STATES[report.state],
        why=texts.place(report.error),
        command=texts.place(report.command),
        date=report.date,
        took=duration(report.seconds),
        exact_python=next((each.versions.python for each in report.contracts.values()), ""),
        reports={name: _report(each, texts) for name, each in report.contracts.items()},
        page=[_block(block, texts) for block in report.page],
        page_mark=page_mark(report.page),
        causes=list(_causes(view, report, texts)),
    )


def _report(report: Report, texts: Texts) -> ReportData:
    verdicts = {clause.id: VERDICTS.index(clause.verdict) for clause in report.clauses}
    told: dict[str, list[FindingData]] = {}
    for finding in report.findings:
        if finding.story or finding.advice:
            told.setdefault(finding.clause, []).append(_finding(finding, texts))
    return ReportData(
        outcome=report.outcome,
        summary=report.summary.removeprefix(report.outcome.value).strip(),
        stores=visible(f"{report.backend} {report.versions.backend}"),
        contract=visible(f"{report.versions.contract} (tracker-contracts {report.versions.tracker_contracts})"),
        profile=visible(report.profile),
        programs=report.programs,
        left_out=report.left_out,
        features=visible(", ".join(report.features)),
        verdicts=[verdicts.get(id) for id in CLAUSES],
        findings=told,
    )


def _finding(finding: Finding, texts: Texts) -> FindingData:
    return FindingData(
        trial=visible(finding.trial),
        driver=finding.driver.value,
        verdict=finding.verdict,
        advice=texts.place(finding.advice),
        story=texts.place(finding.story),
        replay=texts.place(finding.replay),
    )


def _block(block: BlockReport, texts: Texts) -> BlockData:
    where = visible(f"{block.page}, line {block.line}")
    return BlockData(where=where, language=block.language, mark=BLOCKS[block.verdict], story=texts.place(block.story))


def _causes(view: View, report: CellReport, texts: Texts) -> Iterator[CauseData]:
    clauses: Sequence[str | None] = [None, *CLAUSES]
    for clause in clauses if not report.good else []:
        for cause in view.causes(report.cell, clause):
            yield CauseData(clause=clause, cause=texts.place(cause.cause), link=str(cause.link))
