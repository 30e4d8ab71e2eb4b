"""Whose fault it is: what shows only beside other steps is the fault of what should keep steps apart."""

from __future__ import annotations

from collections.abc import Mapping

from tracker_contracts.judges.judge import all_judges
from tracker_contracts.programs.program import Program

APART: Mapping[str, str] = {
    "beside": "L7",
    "thread": "L7",
    "attempt": "L8",
    "before": "L5",
    "after": "L5",
    "native": "L6",
    "first=finish": "L6",
    "first=start": "L6",
    "moves": "L14",
}
"""The clause that promises that a dimension, or a value of it, changes nothing; the first that applies is to blame."""
APART_ADVICE: Mapping[str, str] = {
    "L5": "A step is stored otherwise than alone, because of the steps before it in the same process.\n\n"
    "Begin each step with nothing of the last one: make what it needs in prepare, and undo it in cleanup.",
    "L6": "What a framework's callback does to the library's own run changes the step's.\n\n"
    "Keep the run that prepare began, by its id, and write to that one, whatever the library's current run is now.",
    "L7": "A step is stored otherwise than alone, because of the steps beside it in other threads.\n\n"
    "Keep the run of a step in a context variable, not in the module or the component; never write to the library's "
    "current run.",
    "L14": "What a step logs is lost, or stored elsewhere, once the step has changed its folder, HOME, locale or time "
    "zone.\n\n"
    "Resolve folders to absolute ones in prepare, and store moments in UTC.",
    "T3": "A tag changes a metric.\n\n"
    "Write tags where the backend has its tags, and never into the dictionary of a log call.",
}
"""What it means, and how it is mended, where such a clause is broken that no judge has of its own."""
TAGS = frozenset({"tags", "late-tags", "first=tags", "last=tags"})
UNMOVED = frozenset({"L1", "L3", "L8", "L9", "F4", "M1", "M6", "U1", "U2", "U3", "S1"})
"""Clauses that promise of themselves that other steps change nothing."""


def shown_by_programs() -> frozenset[str]:
    """The clauses that programs can show to be broken."""
    return frozenset({*all_judges(), *APART.values(), "T3"})


def blamed(clause: str, smallest: Program) -> str:
    """The clause that is broken, if a smallest program shows that something is not as `clause` promises."""
    if clause in UNMOVED:
        return clause
    found = marks(smallest)
    for mark, other in APART.items():
        if mark in found:
            return other
    return "T3" if clause in ("M3", "M4") and found & TAGS else clause


def conditions(program: Program) -> set[str]:
    """The clauses that a program tries by what is around its steps, or by its tags."""
    found = marks(program)
    tried = {clause for mark, clause in APART.items() if mark in found}
    return tried | ({"T3"} if found & TAGS else set())


def apart(program: Program) -> list[tuple[int, str]]:
    """What another clause is blamed for: step and dimension."""
    return [
        (number, name)
        for number, step in enumerate(program.steps)
        for name, value in step.items()
        if {name, f"{name}={value}"} & {*APART, *TAGS}
    ]


def marks(program: Program) -> set[str]:
    """The dimensions that are not plain, and their values."""
    found: set[str] = {"before"} if len(program.steps) > 1 else set()
    for step in program.steps:
        found |= {*step, *(f"{name}={value}" for name, value in step.items())}
    return found
