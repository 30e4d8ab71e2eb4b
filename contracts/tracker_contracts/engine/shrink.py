"""Finds the smallest program that still shows a defect: what is left of it is what the defect needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from tracker_contracts.engine.execute import Stage
from tracker_contracts.engine.messages import Defect, Shrunk
from tracker_contracts.judges.blame import blamed
from tracker_contracts.judges.judge import all_judges
from tracker_contracts.judges.trace import Check, Trace
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.script import failures_around

LONGEST = 6.0
"""Seconds that the search for one smallest program may take."""

AFTER_OTHERS = "L5"
"""The clause that promises that earlier steps change nothing."""

Shows = Callable[[Program], bool]


def judged(trace: Trace) -> Iterator[tuple[str, Check]]:
    """What every clause's judge compares."""
    return ((clause, check) for clause, judge in all_judges().items() for check in judge(trace))


def defect(clause: str, check: Check) -> Defect:
    """What a judge saw, as it is told."""
    return Defect(clause=clause, topic=check.topic, told=check.told, step=check.step)


def shrunk(stage: Stage, program: Program, clause: str, topic: str, longest: float = LONGEST) -> Shrunk:
    """The smallest program that shows what a judge saw in a larger one.

    Args:
        stage: Where programs are executed.
        program: The larger one.
        clause: Whose judge saw it.
        topic: What it compared.
        longest: Seconds that the search may take.
    """
    until, last = time.monotonic() + longest, [Defect(clause=clause, topic=topic, told="it did not show again")]

    def shows(fewer: Program) -> bool:
        if time.monotonic() > until:
            return False
        found = (defect(of, check) for of, check in judged(stage.execute(fewer)) if not check.holds)
        seen = next((each for each in found if (each.clause, each.topic) == (clause, topic)), None)
        last[:] = [seen] if seen else last
        return seen is not None

    shows(program)
    found = smallest(program, shows)
    return Shrunk(program=str(found), blamed=_blamed(stage, clause, topic, found), defect=last[0])


def _blamed(stage: Stage, clause: str, topic: str, found: Program) -> str:
    """What the plainest program shows now, and did not show as the first of its process, comes from those before it."""
    if found.is_plainest and stage.first is not None:
        bad = {(of, check.topic) for of, check in judged(stage.first) if not check.holds}
        return clause if (clause, topic) in bad else AFTER_OTHERS
    return blamed(clause, found)


def smallest(program: Program, shows: Shows) -> Program:
    """The program without whatever it shows the defect without too.

    Args:
        program: One that shows it.
        shows: Executes a program, and says whether it shows it; may say no where there is no time left.
    """
    chunk = max(1, sum(map(len, program.steps)) // 2)
    while True:
        program = _without_steps(program, shows)
        shrunk = _without_values(program, chunk, shows)
        if shrunk == program and chunk == 1:
            alone = next(filter(shows, _failures_alone(program)), None)
            return program if alone is None else smallest(alone, shows)
        program, chunk = shrunk, max(1, chunk // 2)


def _failures_alone(program: Program) -> Iterator[Program]:
    """Failed steps around one, by themselves: what they show alone is their failure, and nothing they do to others."""
    for step in program.steps:
        for values in failures_around(step):
            yield Program.of(values, driver=program.driver)


def _without_steps(program: Program, shows: Shows) -> Program:
    for number in reversed(range(len(program.steps))):
        fewer = program.model_copy(update={"steps": program.steps[:number] + program.steps[number + 1 :]})
        if len(program.steps) > 1 and shows(fewer):
            program = fewer
    return program


def _without_values(program: Program, chunk: int, shows: Shows) -> Program:
    for names in list(_chunks(program, chunk)):
        steps = tuple(
            {name: value for name, value in step.items() if (number, name) not in names}
            for number, step in enumerate(program.steps)
        )
        fewer = Program.of(*steps, driver=program.driver)
        if fewer != program and shows(fewer):
            program = fewer
    return program


def _chunks(program: Program, size: int) -> Iterator[set[tuple[int, str]]]:
    every = [(number, name) for number, step in enumerate(program.steps) for name in step]
    return (set(every[start : start + size]) for start in range(0, len(every), size))
