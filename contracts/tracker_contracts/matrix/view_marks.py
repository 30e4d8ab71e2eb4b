"""How verdicts look: a sign, a word and a tone each, so that colour never stands alone."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict

from tracker_contracts.clauses import Level
from tracker_contracts.matrix.model import BlockReport, State, Works
from tracker_contracts.report.report import Conformity
from tracker_contracts.report.verdict import Verdict, fails


class Tone(str, Enum):
    """How good it is."""

    GOOD = "good"
    WARN = "warn"
    """Not as it should be, but nothing that is binding is broken."""
    BAD = "bad"
    QUIET = "quiet"
    """Says nothing for or against."""
    OUT = "out"
    """Left out on purpose."""


class Mark(BaseModel):
    """What stands for a verdict."""

    model_config = ConfigDict(frozen=True)

    sign: str
    """One character that differs from the others in every font and without colour."""
    word: str
    tone: Tone


OUTCOMES = {
    Conformity.CONFORMS: Mark(sign="✓", word=Conformity.CONFORMS.value, tone=Tone.GOOD),
    Conformity.BREAKS: Mark(sign="✗", word=Conformity.BREAKS.value, tone=Tone.BAD),
    Conformity.INCOMPLETE: Mark(sign="?", word=Conformity.INCOMPLETE.value, tone=Tone.WARN),
}
STATES = {
    State.NOT_INSTALLED: Mark(sign="N", word=State.NOT_INSTALLED.value, tone=Tone.BAD),
    State.CRASHED: Mark(sign="C", word=State.CRASHED.value, tone=Tone.BAD),
}
BLOCKS = {
    Works.YES: Mark(sign="✓", word=Works.YES.value, tone=Tone.GOOD),
    Works.NO: Mark(sign="✗", word=Works.NO.value, tone=Tone.BAD),
    Works.NOT_REACHED: Mark(sign="?", word=Works.NOT_REACHED.value, tone=Tone.WARN),
}
RULED_OUT = Mark(sign="∅", word="ruled out", tone=Tone.OUT)

SIGNS = {
    Verdict.KEPT: "✓",
    Verdict.BROKEN: "✗",
    Verdict.GAP: "~",
    Verdict.KEPT_AFTER_ALL: "±",
    Verdict.MISSING: "?",
    Verdict.HIDDEN: "◇",
    Verdict.UNDECLARED: "–",  # noqa: RUF001 a dash that is as wide as the other signs
    Verdict.NOT_OFFERED: "○",
    Verdict.NOT_TRIED: "·",
}


def verdict_mark(level: Level, verdict: Verdict) -> Mark:
    """The mark of a clause of that level: what is not binding never looks as bad as what is."""
    return Mark(sign=SIGNS[verdict], word=verdict.value, tone=_tone(level, verdict))


def page_mark(blocks: list[BlockReport]) -> Mark | None:
    """The mark of a documented page: the worst of its blocks; none if no block applies."""
    verdicts = {block.verdict for block in blocks}
    worst = next((works for works in (Works.NO, Works.NOT_REACHED, Works.YES) if works in verdicts), None)
    return None if worst is None else BLOCKS[worst]


def _tone(level: Level, verdict: Verdict) -> Tone:
    if fails(level, verdict):
        return Tone.BAD
    if verdict in (Verdict.BROKEN, Verdict.GAP, Verdict.KEPT_AFTER_ALL, Verdict.MISSING, Verdict.HIDDEN):
        return Tone.WARN
    return Tone.GOOD if verdict is Verdict.KEPT else Tone.QUIET
