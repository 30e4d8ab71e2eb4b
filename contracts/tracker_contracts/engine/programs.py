"""Has programs executed by several examiners at once, and makes findings of what they showed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from inspect import getdoc
from queue import Empty, SimpleQueue

from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.engine.examiner import LOST, OUTLIVED, Examiner
from tracker_contracts.engine.gaps import with_gap
from tracker_contracts.engine.messages import Defect, Executed, Shrunk
from tracker_contracts.engine.progress import Told
from tracker_contracts.engine.replay import replay_of
from tracker_contracts.engine.selection import programs
from tracker_contracts.engine.timings import Timings
from tracker_contracts.judges.blame import apart, conditions, shown_by_programs
from tracker_contracts.judges.judge import all_judges
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.script import explains
from tracker_contracts.programs.words import in_words
from tracker_contracts.report.verdict import Finding, Verdict

MOST_LOST = 3
"""Programs that may end or hang their process; after that, the rest is left out."""
CAUSES = 10
"""Smallest programs that are looked for, for one kind of defect of one clause."""
MORE_CAUSES = 0.5
"""Part of the programs' time after which no more than the first of each is looked for."""
OF_PAGES = ("U2", "U3")
"""Clauses about URLs, which a tracker whose backend has no pages does not give."""
OF_NATIVE_CALLS = "L6"
"""The clause about the library's own calls, of which a harness may have none."""
SLOWEST_FIRST = (Driver.PROCESS, Driver.PIPELINE, Driver.DIRECT)
"""So that of those that come at the same time no examiner has the slow one left to do alone."""
PROGRAMS = "programs"
"""The name under which the programs' findings go."""

Work = Callable[[Examiner], None]
Seen = tuple[Program, Defect, list[str]]
"""A program, a defect that it shows, and what else is broken in the same step."""


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


@dataclass
class _Search:
    """For the smallest programs behind one kind of defect: each explains the programs that are larger."""

    driver: Driver
    left: list[Seen]
    """Programs that none that was found explains."""


class Programs:
    """The programs that a tracker is tried with."""

    def __init__(
        self,
        examiners: Sequence[Examiner],
        chosen: Sequence[Program] = (),
        few: bool = False,
        budget: float | None = None,
        fail_fast: bool = False,
        timings: Timings | None = None,
        clauses: Collection[str] = tuple(CLAUSES),
    ) -> None:
        """Nothing is executed yet.

        Args:
            examiners: Those who execute them, running.
            chosen: The programs; without any, those of the profile.
            few: Whether to have each value once is enough.
            budget: Seconds after which no further program begins; None: what the profile gives.
            fail_fast: Whether the first program that breaks a clause is the last one.
            timings: Told where the time goes.
            clauses: Those that were asked for: what others may be to blame for is not looked into.
        """
        self._few = few
        self._fail_fast, self._clauses = fail_fast, clauses
        self._timings = timings or Timings()
        self._budget = examiners[0].profile.budget if budget is None else budget
        self._lost = 0
        self._enough = False
        self.executed = 0
        """Programs that were executed."""
        self.left_out: Counter[Driver] = Counter()
        """Those for which there was no time."""
        self._causes: list[tuple[Driver, Shrunk]] = []
        self._started = self._ended = time.monotonic()
        self._examiners = examiners
        self._showed: dict[Driver, Showed] = {}
        self._as_is = bool(chosen)
        shown = not shown_by_programs().isdisjoint(clauses)
        self._chosen = list(chosen) or (list(self._of_the_profile()) if shown else [])

    def run(self, told: Told) -> list[Finding]:
        """Execute all of them; what each clause comes to under each driver.

        Args:
            told: Told of each before it is executed.

        Raises:
            HarnessBroken: The harness turned out to be at fault, not the tracker.
        """
        self._started = time.monotonic()
        self._until = self._started + self._budget
        total = len(self._chosen)
        self._share(
            [
                self._execution(each, partial(told.program, str(each), number, total, self._budget))
                for number, each in enumerate(self._chosen, 1)
            ]
        )
        groups = [(driver, found) for driver, showed in self._showed.items() for found in showed.defects.values()]
        searches = [
            _Search(driver, sorted(filter(self._may_matter, found), key=_plainness)) for driver, found in groups
        ]
        self._until_more = time.monotonic() + MORE_CAUSES * self._budget
        for turn in range(1 if self._fail_fast else CAUSES):
            left = [search for search in searches if search.left]
            self._share(
                [self._turn(each, turn, partial(told.search, at, len(left))) for at, each in enumerate(left, 1)]
            )
        self._ended = time.monotonic()
        return self.findings()

    def findings(self) -> list[Finding]:
        """What the programs that were executed so far come to; a defect for which no smaller one was looked for too."""
        searched = {(driver, shrunk.defect.clause, shrunk.defect.topic) for driver, shrunk in list(self._causes)}
        causes = list(_explained(list(self._causes)))
        for driver, showed in list(self._showed.items()):
            for (clause, topic), found in list(showed.defects.items()):
                if (driver, clause, topic) not in searched:
                    program, defect, beside = min(found, key=_plainness)
                    causes.append((driver, Shrunk(program=str(program), blamed=clause, defect=defect, beside=beside)))
        seconds = max(self._ended, self._started) - self._started
        return [with_gap(each, self._examiners[0].gaps) for each in self._findings(causes, seconds)]

    def _of_the_profile(self) -> Iterator[Program]:
        """The plainest of each driver first; then each driver's, so that after any time as much of each is done."""
        tried = self._examiners[0].tried
        profile = self._examiners[0].profile
        if self._few:
            once = {driver: min(1, values) for driver, values in profile.combined.items()}
            profile = profile.model_copy(update={"combined": once, "triples": False, "random": 0})
        wanted = [driver for driver in SLOWEST_FIRST if any(driver in each.drivers for each in self._examiners)]
        yield from _spread([programs(profile, driver, self._examiners[0].offered, tried.seed) for driver in wanted])

    def _execution(self, program: Program, begun: Callable[[], None]) -> Work:
        def work(examiner: Examiner) -> None:
            if time.monotonic() > self._until or self._lost >= MOST_LOST or self._enough:
                self.left_out[program.driver] += 1
                return
            begun()
            with self._timings.of("programs", program.driver):
                executed = examiner.execute(program)
            self.executed += 1
            if self._fail_fast and any(defect.clause in self._clauses for defect in executed.defects):
                self._enough = True
            self._lost += any(defect.topic == LOST for defect in executed.defects)
            self._showed.setdefault(program.driver, Showed()).add(program, executed)

        return work

    def _may_matter(self, seen: Seen) -> bool:
        """Whether one of the clauses that were asked for may be to blame."""
        program, defect, _ = seen
        return bool({defect.clause, *conditions(program)} & set(self._clauses)) or defect.topic == LOST

    def _turn(self, search: _Search, turn: int, begun: Callable[[], None]) -> Work:
        """One more smallest program behind one kind of defect; the first of each is looked for in any case."""

        def work(examiner: Examiner) -> None:
            if turn and time.monotonic() > self._until_more:
                return
            if not turn:
                begun()
            (program, defect, beside), *rest = search.left
            if defect.topic == LOST:  # it would be lost again and again
                self._causes.append((search.driver, Shrunk(program=str(program), blamed=OUTLIVED, defect=defect)))
                search.left = []
                return
            with self._timings.of("searches", search.driver, defect.clause):
                shrunk = self._smallest(examiner, program, defect, beside)
            if shrunk.certain or not turn:
                self._causes.append((search.driver, shrunk))
            small = Program.parse(shrunk.program)
            search.left = [each for each in rest if not explains(small, each[0])]

        return work

    def _smallest(self, examiner: Examiner, program: Program, defect: Defect, beside: list[str]) -> Shrunk:
        """A program that was chosen is told as it is: the search would execute others."""
        if self._as_is and not apart(program):
            return Shrunk(program=str(program), blamed=defect.clause, defect=defect, beside=beside)
        return examiner.shrink(program, defect, smaller=not self._as_is)

    def _share(self, work: Sequence[Work]) -> None:
        """Have it done by whoever is free."""
        waiting: SimpleQueue[Work] = SimpleQueue()
        for each in work:
            waiting.put(each)

        def serve(examiner: Examiner) -> None:
            while True:
                try:
                    one = waiting.get_nowait()
                except Empty:
                    return
                one(examiner)

        pool = ThreadPoolExecutor(len(self._examiners))
        try:
            list(pool.map(serve, self._examiners))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # whoever breaks it off ends the examiners too

    def _findings(self, causes: Sequence[tuple[Driver, Shrunk]], seconds: float) -> Iterator[Finding]:
        tried = {clause for showed in self._showed.values() for clause in showed.tried}
        for driver, showed in self._showed.items():
            for clause in self._not_offered(tried):
                yield self._finding(clause, driver, showed).model_copy(update={"verdict": Verdict.NOT_OFFERED})
            blamed = {shrunk.blamed for of, shrunk in causes if of is driver}
            for clause in CLAUSES:
                if showed.tried[clause] and clause not in blamed:
                    yield self._finding(clause, driver, showed, seconds)
            for shrunk in _each_once(shrunk for of, shrunk in causes if of is driver):
                yield self._broken(driver, shrunk, showed)

    def _not_offered(self, tried: Collection[str]) -> Iterator[str]:
        """Clauses that no program can try, for what the tracker does not have."""
        if "U1" in tried:
            yield from (clause for clause in OF_PAGES if clause not in tried)
        if not self._examiners[0].native_calls:
            yield OF_NATIVE_CALLS

    def _finding(self, clause: str, driver: Driver, showed: Showed, seconds: float = 0.0) -> Finding:
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

    def _broken(self, driver: Driver, shrunk: Shrunk, showed: Showed) -> Finding:
        defect = shrunk.defect
        facts = {
            "verdict": Verdict.BROKEN,
            "trial": defect.topic,
            "story": f"{defect.topic}: {defect.told}\nwhere {in_words(Program.parse(shrunk.program))}",
            "advice": _advice(shrunk),
            "replay": replay_of(self._examiners[0].tried.harness, shrunk.program),
            "program": shrunk.program,
            "shown": len(showed.defects.get((defect.clause, defect.topic), ())),
            "beside": shrunk.beside,
        }
        return self._finding(shrunk.blamed, driver, showed).model_copy(update=facts)


def _explained(causes: Sequence[tuple[Driver, Shrunk]]) -> Iterator[tuple[Driver, Shrunk]]:
    """Without what did not come again, where a clause that its program tries is broken for certain: steps that race."""
    certain = {shrunk.blamed for _, shrunk in causes if shrunk.certain}
    for driver, shrunk in causes:
        if shrunk.certain or certain.isdisjoint(conditions(Program.parse(shrunk.program)) - {shrunk.blamed}):
            yield driver, shrunk


def _plainness(seen: Seen) -> tuple[int, int]:
    """From a program that no other clause can be blamed for, the search is short and its result is clear."""
    program = seen[0]
    return len(apart(program)), sum(map(len, program.steps))


def _spread(lists: Sequence[Sequence[Program]]) -> list[Program]:
    """All programs, each list spread evenly over the whole."""
    placed = [
        (at / len(programs), number, program)
        for number, programs in enumerate(lists)
        for at, program in enumerate(programs)
    ]
    return [program for *_, program in sorted(placed, key=lambda each: each[:2])]


def _advice(shrunk: Shrunk) -> str:
    judge = all_judges().get(shrunk.blamed)
    return getdoc(judge) or "" if judge else ""


def _each_once(found: Iterator[Shrunk]) -> Iterator[Shrunk]:
    """A clause, a topic and a program may come from several defects."""
    seen: set[tuple[str, str, str]] = set()
    for shrunk in found:
        key = (shrunk.blamed, shrunk.defect.topic, shrunk.program)
        if key not in seen:
            seen.add(key)
            yield shrunk
