"""Has programs executed by several examiners at once, and makes findings of what they showed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import Empty, SimpleQueue

from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.engine.examiner import LOST, OUTLIVED, Examiner
from tracker_contracts.engine.gaps import with_gap
from tracker_contracts.engine.messages import Defect, Shrunk
from tracker_contracts.engine.progress import Told
from tracker_contracts.engine.selection import programs
from tracker_contracts.engine.showed import Seen, Showed, findings, plainness
from tracker_contracts.engine.timings import Timings
from tracker_contracts.judges.blame import apart, conditions, shown_by_programs
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.script import explains
from tracker_contracts.report.verdict import Finding

MOST_LOST = 3
"""Programs that may end or hang their process; after that, the rest is left out."""
CAUSES = 10
"""Smallest programs that are looked for, for one kind of defect of one clause."""
MORE_CAUSES = 0.5
"""Part of the programs' time after which no more than the first of each is looked for."""
SLOWEST_FIRST = (Driver.PROCESS, Driver.PIPELINE, Driver.DIRECT)
"""So that of those that come at the same time no examiner has the slow one left to do alone."""

Work = Callable[[Examiner], None]


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
        searches = [_Search(driver, sorted(filter(self._may_matter, found), key=plainness)) for driver, found in groups]
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
        ours = self._examiners[0]
        seconds = max(self._ended, self._started) - self._started
        found = findings(self._showed, self._causes, ours.tried.harness, bool(ours.native_calls), seconds)
        return [with_gap(each, ours.gaps) for each in found]

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


def _spread(lists: Sequence[Sequence[Program]]) -> list[Program]:
    """All programs, each list spread evenly over the whole."""
    placed = [
        (at / len(programs), number, program)
        for number, programs in enumerate(lists)
        for at, program in enumerate(programs)
    ]
    return [program for *_, program in sorted(placed, key=lambda each: each[:2])]
