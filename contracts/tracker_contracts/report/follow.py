"""Which finding follows from which: what a tracker's author need not mend, since mending another clause mends it.

Each relation is told by its effect, its cause, and what must be seen for it to hold. Where that is not seen, a finding
stands for itself: too many causes cost less than one that is hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.judges.blame import APART, UNMOVED, marks
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.script import explains
from tracker_contracts.report.verdict import Finding, Verdict

BROKEN = (Verdict.BROKEN, Verdict.GAP)


class Seen(str, Enum):
    """What shows that a relation holds."""

    TOGETHER = "together"
    """In the smallest program of the effect, in the same step, the cause is broken too."""
    CONTAINED = "contained"
    """A smallest program of the cause is part of the smallest program of the effect."""
    ALWAYS = "always"
    """The cause is broken in the plainest program that can show it."""
    ANYHOW = "anyhow"
    """The cause is broken, in whatever program; for what can't tell more."""


@dataclass(frozen=True)
class Relation:
    """One kind of finding that follows from another."""

    effects: tuple[str, ...]
    """Clauses; none: any other one."""
    cause: str
    seen: Seen
    why: str
    topic: str = ""
    """How the topic of the effect begins."""
    of: str = ""
    """How the topic of the cause begins."""
    missing: bool = False
    """Whether the effect must be that something is missing, and nothing else."""


LOGGED = ("L4", "T1", "T4", "M2", "M3", "M4", "M8")
RELATIONS = (
    Relation((), "L9", Seen.TOGETHER, "the tracker ended the step or a hook, so that the rest never came"),
    Relation((), "L4", Seen.TOGETHER, "all of it came, but late", of="all is there at once"),
    Relation(LOGGED, "M5", Seen.TOGETHER, "it is lost with a value that can't be stored", of="the rest", missing=True),
    Relation(LOGGED, "L4", Seen.TOGETHER, "it is part of the end that is lost", of="the end", missing=True),
    Relation(("M1",), "M2", Seen.TOGETHER, "the metadata are not stored as given at any time", of="the metadata"),
    Relation(("M6", "L8"), "L1", Seen.CONTAINED, "a step has no run, so that there are too few", of="the step's run"),
    Relation(("F3", "F5"), "F1", Seen.ALWAYS, "no step's failure is stored", topic="the state", of="the state"),
    Relation(("F5",), "F1", Seen.ALWAYS, "no step's failure is stored", topic="a_step", of="the state"),
    Relation((), "L1", Seen.ALWAYS, "no step has a run", of="the step's run"),
    Relation(("L5",), "L7", Seen.ANYHOW, "its steps overlap", topic="any_interleaving"),
    Relation(("L8",), "L7", Seen.ANYHOW, "its steps overlap", topic="any_interleaving"),
)
"""The first that holds counts; one that would have two findings follow from each other does not."""
UNSEEN = {
    "F2": ("F1", "L2", "L1"),
    "F1": ("L2", "L1"),
    "F3": ("L2", "L1"),
    "F4": ("L2", "L1"),
}
"""A clause that can't be compared where another is broken: the error of a run that is not stored as failed."""
PLAINEST = {"F1": [({"ending": "error"},)]}
"""The plainest programs that can show a clause to be broken; for the others, it is the plainest of all."""


def with_causes(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, each with the clauses that it follows from.

    Args:
        findings: All of one check.
    """
    broken = [found for found in findings if found.verdict in BROKEN]
    causes: dict[int, set[str]] = {}
    for find in (_by_relation, _by_company):
        for effect in broken:
            for clause in find(effect, broken):
                if not _circular(effect, clause, broken, causes):
                    causes.setdefault(id(effect), set()).add(clause)
    return [_explained(found, causes) if found.verdict in BROKEN else found for found in findings]


def _explained(found: Finding, causes: Mapping[int, set[str]]) -> Finding:
    return found.model_copy(update={"follows_from": in_order(causes.get(id(found), ()))})


def unseen_for(clause: str, broken: Iterable[str]) -> str:
    """The broken clause that leaves nothing of another one to be compared; empty if there is none.

    Args:
        clause: The one of which nothing was compared.
        broken: Those that are broken.
    """
    known = set(broken)
    return next((cause for cause in UNSEEN.get(clause, ()) if cause in known), "")


def _by_relation(effect: Finding, broken: Sequence[Finding]) -> Iterable[str]:
    for relation in RELATIONS:
        if _is_about(relation, effect) and any(_holds(relation, effect, cause) for cause in broken):
            return [relation.cause]
    return []


def _by_company(effect: Finding, broken: Sequence[Finding]) -> Iterable[str]:
    """What a clause promises whatever other steps do breaks where those break that keep steps apart."""
    if effect.clause not in UNMOVED or not effect.program:
        return []
    wanted = {APART[mark] for mark in marks(Program.parse(effect.program)) & {*APART}}
    return {cause.clause for cause in broken if cause.clause in wanted and _contained(cause, effect)}


def _is_about(relation: Relation, effect: Finding) -> bool:
    return (
        effect.clause != relation.cause
        and (not relation.effects or effect.clause in relation.effects)
        and effect.trial.startswith(relation.topic)
        and (not relation.missing or _only_missing(effect))
    )


def _holds(relation: Relation, effect: Finding, cause: Finding) -> bool:
    if cause.clause != relation.cause:
        return False
    if relation.seen is Seen.TOGETHER:  # the cause's own smallest program may be another one
        start = f"{relation.cause}: {relation.of}"
        return any(told.startswith(start) for told in effect.beside)
    return cause.trial.startswith(relation.of) and _EVIDENCE[relation.seen](cause, effect)


def _contained(cause: Finding, effect: Finding) -> bool:
    if not cause.program or not effect.program or cause.driver is not effect.driver:
        return False
    return explains(Program.parse(cause.program), Program.parse(effect.program))


def _always(cause: Finding, effect: Finding) -> bool:
    return bool(cause.program) and Program.parse(cause.program).steps in PLAINEST.get(cause.clause, [({},)])


def _anyhow(cause: Finding, effect: Finding) -> bool:
    return True


_EVIDENCE: dict[Seen, Callable[[Finding, Finding], bool]] = {
    Seen.CONTAINED: _contained,
    Seen.ALWAYS: _always,
    Seen.ANYHOW: _anyhow,
}


def _only_missing(effect: Finding) -> bool:
    told = effect.story.partition("\n")[0]
    lost = "missing: " in told or "lost is all" in told
    return lost and not any(more in told for more in ("too much: ", "differs: "))


def _circular(effect: Finding, clause: str, broken: Sequence[Finding], causes: dict[int, set[str]]) -> bool:
    """Whether each finding of the cause would follow, by whatever way, from the effect's clause."""
    reached, waiting = set[str](), {clause}
    while waiting:
        here = waiting.pop()
        reached.add(here)
        for found in broken:
            if found.clause == here:
                waiting |= causes.get(id(found), set()) - reached
    return effect.clause in reached


def in_order(clauses: Iterable[str]) -> list[str]:
    """In the order of the contract."""
    order = list(CLAUSES)
    return sorted(clauses, key=order.index)
