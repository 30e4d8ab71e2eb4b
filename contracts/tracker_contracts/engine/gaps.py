"""Known gaps, honoured strictly: one that is none is told as well."""

from __future__ import annotations

from collections.abc import Mapping

from tracker_contracts.harness import Gap
from tracker_contracts.report.verdict import Finding, Verdict


def with_gap(finding: Finding, known: Mapping[str, Gap]) -> Finding:
    """The finding, in the light of what the harness says is broken."""
    gap = known.get(finding.clause)
    if gap is None or finding.verdict not in (Verdict.BROKEN, Verdict.KEPT):
        return finding
    verdict = Verdict.GAP if finding.verdict is Verdict.BROKEN else Verdict.KEPT_AFTER_ALL
    return finding.model_copy(update={"verdict": verdict, "story": f"{gap.reason} ({gap.link})\n{finding.story}"})
