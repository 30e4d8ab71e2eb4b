"""A report as one HTML page that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from tracker_contracts.clauses import CHAPTERS, CLAUSES
from tracker_contracts.report.causes import Cause, causes, why_unseen
from tracker_contracts.report.report import ClauseVerdict, Report
from tracker_contracts.report.terminal import TOLD, advice_of, programs_line, reason, told, what_was_tried
from tracker_contracts.report.timed import lines
from tracker_contracts.report.verdict import Verdict

TONES = {
    Verdict.KEPT: "good",
    Verdict.BROKEN: "bad",
    Verdict.KEPT_AFTER_ALL: "bad",
    Verdict.GAP: "warn",
    Verdict.MISSING: "warn",
    Verdict.HIDDEN: "warn",
}
"""Of the verdicts that matter; the others are quiet."""
SIGNS = {"good": "✓", "bad": "✗", "warn": "?", "quiet": "·"}


def page(report: Report) -> str:
    """The whole page. Whatever a story holds stays text in it."""
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            report=report,
            causes=[_cause(cause) for cause in causes(report)],
            chapters=list(_chapters(report)),
            tried=[what_was_tried(report), programs_line(report), *lines(report)],
        )
    )


def _cause(cause: Cause) -> dict[str, Any]:
    means, mend = advice_of(cause.first)
    return {
        "clause": cause.clause,
        "sentence": CLAUSES[cause.clause].sentence,
        "means": means,
        "mend": mend,
        "story": cause.first.story,
        "explains": cause.explains,
        "replay": cause.first.replay,
        "others": len(cause.findings) - 1,
    }


def _chapters(report: Report) -> Iterator[dict[str, Any]]:
    known = {clause.id: clause for clause in report.clauses}
    for chapter in CHAPTERS:
        rows = [_row(known[clause.id], report) for clause in chapter.clauses if clause.id in known]
        if rows:
            yield {"title": chapter.title, "rows": rows}


def _row(clause: ClauseVerdict, report: Report) -> dict[str, Any]:
    own = [found for found in report.findings if found.clause == clause.id]
    tone = TONES.get(clause.verdict, "quiet")
    unseen = why_unseen(clause.id, report) if clause.verdict is Verdict.MISSING else ""
    return {
        "id": clause.id,
        "level": clause.level.value,
        "sentence": CLAUSES[clause.id].sentence,
        "verdict": clause.verdict.value,
        "count": sum(found.examples for found in own) if clause.verdict is Verdict.KEPT else 0,
        "tone": tone,
        "sign": SIGNS[tone],
        "why": f"nothing to compare, because of {unseen}" if unseen else reason(clause, own),
        "stories": [told(found) for found in own if found.verdict in TOLD],
    }


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("tracker_contracts", "report/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
