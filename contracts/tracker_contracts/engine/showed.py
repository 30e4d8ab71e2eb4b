"""What programs showed, and the findings that come of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import getdoc

from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.engine.messages import Defect, Executed, Shrunk
from tracker_contracts.engine.replay import replay_of
from tracker_contracts.judges.blame import APART_ADVICE, apart, conditions
from tracker_contracts.judges.judge import all_judges
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.words import in_words
from tracker_contracts.report.follow import in_order
from tracker_contracts.report.verdict import Finding, Verdict

OF_PAGES = ("U2", "U3")
"""Clauses about URLs, which a tracker whose backend has no pages does not give."""
OF_NATIVE_CALLS = "L6"
"""The clause about the library's own calls, of which a harness may have none."""
PROGRAMS = "programs"
"""The name under which the programs' findings go."""

Seen = tuple[Program, Defect, list[str]]
"""A program, a defect that it shows, and what else is broken in the same step."""
Causes = Sequence[tuple[Driver, Shrunk]]
"""Smallest programs, each with what it shows and who is to blame."""


@dataclass
class Showed:
    """What the programs of one driver showed."""

    tried: Counter[str] = field(default_factory=Counter)
    """In how many programs something was compared, by clause."""
    defects: dict[tuple[str, str], list[Seen]] = field(default_factory=dict)
    """By clause and topic."""

    def add(self, program: Program, executed: Executed) -> None:
        """Take what one program showed."""
        self.tried.update(executed.compared)
        for defect in executed.defects:
            seen = (program, defect, defect.beside(executed.defects))
            self.defects.setdefault((defect.clause, defect.topic), []).append(seen)

    def against(self, clause: str) -> int:
        """In how many programs something was not as the clause promises, whoever is to blame."""
        kinds = [found for (of, _), found in list(self.defects.items()) if of == clause]
        return len({str(program) for found in kinds for program, *_ in found})


def findings(
    showed: Mapping[Driver, Showed], causes: Causes, harness: str, native_calls: bool, seconds: float
) -> Iterator[Finding]:
    """What each clause comes to under each driver.

    Args:
        showed: What the programs showed so far.
        causes: The smallest programs that were found.
        harness: For the commands that show a counterexample again.
        native_calls: Whether the harness has calls of the library itself.
        seconds: That all programs took, shared among the clauses.
    """
    counted, hidden = _to_blame(causes)
    counted += _not_searched(showed, causes)
    tried = {clause for each in list(showed.values()) for clause in each.tried}
    for driver, each in list(showed.items()):
        for clause in _not_offered(tried, native_calls):
            yield _finding(clause, driver, each).model_copy(update={"verdict": Verdict.NOT_OFFERED})
        own = [shrunk for of, shrunk in counted if of is driver]
        blamed = {shrunk.blamed for shrunk in own}
        for clause in CLAUSES:
            if each.tried[clause] and clause not in blamed:
                yield _whole(_finding(clause, driver, each, seconds), each, hidden[driver, clause])
        for shrunk in _each_once(own):
            yield _broken(driver, shrunk, each, harness)


def advice_for(clause: str) -> str:
    """What it means that a clause is broken and, after an empty line, how it is mended."""
    judge = all_judges().get(clause)
    return APART_ADVICE.get(clause, "") if judge is None else getdoc(judge) or ""


def plainness(seen: Seen) -> tuple[int, int]:
    """From a program that no other clause can be blamed for, the search is short and its result is clear."""
    program = seen[0]
    return len(apart(program)), sum(map(len, program.steps))


def _not_searched(showed: Mapping[Driver, Showed], causes: Causes) -> Iterator[tuple[Driver, Shrunk]]:
    """The plainest program of each defect for which no smaller one was looked for."""
    searched = {(driver, shrunk.defect.clause, shrunk.defect.topic) for driver, shrunk in causes}
    for driver, each in list(showed.items()):
        for (clause, topic), found in list(each.defects.items()):
            if (driver, clause, topic) not in searched:
                program, defect, beside = min(found, key=plainness)
                yield driver, Shrunk(program=str(program), blamed=clause, defect=defect, beside=beside)


def _to_blame(causes: Causes) -> tuple[list[tuple[Driver, Shrunk]], Mapping[tuple[Driver, str], set[str]]]:
    """The causes that count, and for each clause those that were blamed in its place.

    What did not come again does not count where a clause that its program tries is broken for certain: steps that race.
    """
    certain = {shrunk.blamed for _, shrunk in causes if shrunk.certain}
    counted: list[tuple[Driver, Shrunk]] = []
    hidden: dict[tuple[Driver, str], set[str]] = defaultdict(set)
    for driver, shrunk in causes:
        raced = set() if shrunk.certain else certain & (conditions(Program.parse(shrunk.program)) - {shrunk.blamed})
        if not raced:
            counted.append((driver, shrunk))
        hidden[driver, shrunk.defect.clause] |= (raced or {shrunk.blamed}) - {shrunk.defect.clause}
    return counted, hidden


def _not_offered(tried: Collection[str], native_calls: bool) -> Iterator[str]:
    """Clauses that no program can try, for what the tracker does not have."""
    if "U1" in tried:
        yield from (clause for clause in OF_PAGES if clause not in tried)
    if not native_calls:
        yield OF_NATIVE_CALLS


def _finding(clause: str, driver: Driver, showed: Showed, seconds: float = 0.0) -> Finding:
    count = showed.tried[clause]
    share = seconds * count / max(1, sum(showed.tried.values()))
    return Finding(
        clause=clause,
        level=CLAUSES[clause].level,
        driver=driver,
        trial=PROGRAMS,
        verdict=Verdict.KEPT,
        examples=count,
        comparisons=count,
        seconds=round(share, 3),
    )


def _whole(kept: Finding, showed: Showed, others: Collection[str]) -> Finding:
    """Kept, unless others were blamed for what is not as the clause promises: then nobody knows before these are."""
    if not others:
        return kept
    facts = {
        "verdict": Verdict.HIDDEN,
        "story": f"not as promised in {showed.against(kept.clause)} of {kept.examples} programs",
        "follows_from": in_order(others),
    }
    return kept.model_copy(update=facts)


def _broken(driver: Driver, shrunk: Shrunk, showed: Showed, harness: str) -> Finding:
    defect = shrunk.defect
    facts = {
        "verdict": Verdict.BROKEN,
        "trial": defect.topic,
        "story": f"{defect.topic}: {defect.told}\nwhere {in_words(Program.parse(shrunk.program))}",
        "advice": advice_for(shrunk.blamed),
        "replay": replay_of(harness, shrunk.program),
        "program": shrunk.program,
        "shown": len(showed.defects.get((defect.clause, defect.topic), ())),
        "beside": shrunk.beside,
    }
    return _finding(shrunk.blamed, driver, showed).model_copy(update=facts)


def _each_once(found: Sequence[Shrunk]) -> Iterator[Shrunk]:
    """A clause, a topic and a program may come from several defects."""
    seen: set[tuple[str, str, str]] = set()
    for shrunk in found:
        key = (shrunk.blamed, shrunk.defect.topic, shrunk.program)
        if key not in seen:
            seen.add(key)
            yield shrunk
