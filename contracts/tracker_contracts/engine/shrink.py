"""Finds the smallest program that still shows a defect: what is left of it is what the defect needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from tracker_contracts.engine.execute import Stage
from tracker_contracts.engine.messages import NOT_AGAIN, Defect, Shrunk
from tracker_contracts.judges.blame import apart, blamed, marks
from tracker_contracts.judges.judge import judged
from tracker_contracts.judges.trace import Check
from tracker_contracts.programs.dimensions import COMPANY
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.script import failures_around

LONGEST = 6.0
"""Seconds that the search for one smallest program may take."""
CERTAIN = 2.0
"""Times as many seconds more to make sure that what another clause is blamed for is needed."""

AFTER_OTHERS = "L5"
"""The clause that promises that earlier steps change nothing."""

LONG = frozenset({"rows", "metrics", "numbers"})
"""Dimensions with values that take long to execute and to judge."""

ALWAYS = frozenset({"F4"})
"""Clauses that promise the same of what comes after others."""

Shows = Callable[[Program], bool]


def defect(clause: str, check: Check) -> Defect:
    """What a judge saw, as it is told."""
    return Defect(clause=clause, topic=check.topic, told=check.told, step=check.step)


class _Search:
    """Executes programs, and looks for one defect in what they leave."""

    def __init__(self, stage: Stage, clause: str, topic: str, longest: float) -> None:
        self._stage, self._key = stage, (clause, topic)
        self.longest, self.until = longest, time.monotonic() + longest
        self.last = Defect(clause=clause, topic=topic, told=NOT_AGAIN)
        self.beside: list[str] = []
        """What else is broken in the same step of the last program that showed it."""

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.until

    def shows(self, program: Program) -> bool:
        """Whether a program shows it; no, if there is no time left."""
        if self.over:
            return False
        found = [defect(of, check) for of, check in judged(self._stage.execute(program)) if not check.holds]
        seen = next((each for each in found if (each.clause, each.topic) == self._key), None)
        if seen is None:
            return False
        self.last = seen
        self.beside = seen.beside(found)
        return True


def shrunk(stage: Stage, program: Program, clause: str, topic: str, longest: float = LONGEST) -> Shrunk:
    """The smallest program that shows what a judge saw in a larger one.

    Args:
        stage: Where programs are executed.
        program: The larger one.
        clause: Whose judge saw it.
        topic: What it compared.
        longest: Seconds that the search may take.
    """
    search = _Search(stage, clause, topic, longest)
    if not search.shows(program):  # as what steps do to each other may, which nothing brings back
        return Shrunk(program=str(program), blamed=blamed(clause, program), defect=search.last, certain=False)
    found = smallest(program, search.shows)
    if search.over:
        found = _made_sure(found, search)
    return Shrunk(
        program=str(found),
        blamed=clause if search.over else _blamed(stage, clause, topic, found),
        defect=search.last,
        beside=search.beside,
        certain=not search.over,
    )


def to_blame(stage: Stage, program: Program, clause: str, topic: str) -> Shrunk:
    """Who is to blame for what a judge saw in a program that stays as it is.

    Args:
        stage: Where programs are executed.
        program: The program.
        clause: Whose judge saw it.
        topic: What it compared.
    """
    search = _Search(stage, clause, topic, CERTAIN * LONGEST)
    search.shows(program)
    seen, beside = search.last, search.beside
    small = _made_sure(program, search)
    to_blame = clause if search.over else blamed(clause, small)
    return Shrunk(program=str(program), blamed=to_blame, defect=seen, beside=beside, certain=not search.over)


def _blamed(stage: Stage, clause: str, topic: str, found: Program) -> str:
    """What a program does not show as the first of a process comes from those before it.

    Unless its steps race: then it may show or not, whatever was before.
    """
    other = blamed(clause, found)
    sure = other != clause or clause in ALWAYS or "beside" in marks(found)
    if sure or stage.shows_alone(found, clause, topic):
        return other
    return AFTER_OTHERS


def smallest(program: Program, shows: Shows) -> Program:
    """The program without whatever it shows the defect without too.

    Args:
        program: One that shows it.
        shows: Executes a program, and says whether it shows it; may say no where there is no time left.
    """
    program = _alone(_lighter(program, shows), shows)
    chunk = max(1, sum(map(len, program.steps)) // 2)
    while True:
        program = _without_steps(program, shows)
        shrunk = _without_values(program, chunk, shows)
        if shrunk == program and chunk == 1:
            return program
        program, chunk = shrunk, max(1, chunk // 2)


def weight(program: Program) -> tuple[int, int]:
    """How long it takes to find a smallest program from this one: an order, no seconds."""
    names = [name for step in program.steps for name in step]
    return len(LONG.intersection(names)), len(names)


def _lighter(program: Program, shows: Shows) -> Program:
    """Without what takes long, if that is not what it needs: each further execution is the shorter for it."""
    names = {(number, name) for number, step in enumerate(program.steps) for name in LONG & step.keys()}
    fewer = _without(program, names)
    return fewer if fewer != program and shows(fewer) else program


def _alone(program: Program, shows: Shows) -> Program:
    """A step without those around it, or one that fails beside it: what it shows by itself is no matter of company.

    Those around it that succeed stay together: what is carried from one to the next is what they show.
    """
    names = {dimension.name for dimension in COMPANY}
    for step in program.steps:
        if names.isdisjoint(step):
            continue
        own = {name: value for name, value in step.items() if name not in names}
        for values in (own, *failures_around(step)):
            fewer = Program.of(values, driver=program.driver)
            if shows(fewer):
                return fewer
    return program


def _made_sure(program: Program, search: _Search) -> Program:
    """A program in which nothing is left that another clause would be blamed for in vain; with some more time."""
    search.until = time.monotonic() + CERTAIN * search.longest
    return _without_blame(_alone(program, search.shows), search.shows)


def _without_blame(program: Program, shows: Shows) -> Program:
    """Without what another clause would be blamed for in vain."""
    for blamed_for in apart(program):
        fewer = _without(program, {blamed_for})
        program = fewer if shows(fewer) else program
    return program


def _without_steps(program: Program, shows: Shows) -> Program:
    for number in reversed(range(len(program.steps))):
        fewer = program.model_copy(update={"steps": program.steps[:number] + program.steps[number + 1 :]})
        if len(program.steps) > 1 and shows(fewer):
            program = fewer
    return program


def _without_values(program: Program, chunk: int, shows: Shows) -> Program:
    for names in list(_chunks(program, chunk)):
        fewer = _without(program, names)
        if fewer != program and shows(fewer):
            program = fewer
    return program


def _without(program: Program, names: set[tuple[int, str]]) -> Program:
    steps = (
        {name: value for name, value in step.items() if (number, name) not in names}
        for number, step in enumerate(program.steps)
    )
    return Program.of(*steps, driver=program.driver)


def _chunks(program: Program, size: int) -> Iterator[set[tuple[int, str]]]:
    every = [(number, name) for number, step in enumerate(program.steps) for name in step]
    return (set(every[start : start + size]) for start in range(0, len(every), size))
