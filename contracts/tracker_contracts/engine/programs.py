"""Has programs executed by several examiners at once, and makes findings of what they showed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
from tracker_contracts.judges.judge import all_judges
from tracker_contracts.programs.program import Program
from tracker_contracts.report.verdict import Finding, Verdict

MOST_LOST = 3
"""Programs that may end or hang their process; after that, the rest is left out."""
CAUSES = 10
"""Smallest programs that are looked for, for one kind of defect of one clause."""
OF_PAGES = ("U2", "U3")
"""Clauses about URLs, which a tracker whose backend has no pages does not give."""
PROGRAMS = "programs"
"""The name under which the programs' findings go."""

Work = Callable[[Examiner], None]


@dataclass
class Showed:
    """What the programs of one driver showed."""

    tried: Counter[str] = field(default_factory=Counter)
    """In how many programs something was compared, by clause."""
    defects: dict[tuple[str, str], list[tuple[Program, Defect]]] = field(default_factory=dict)
    """By clause and topic."""

    def add(self, program: Program, executed: Executed) -> None:
        """Take what one program showed."""
        self.tried.update(executed.compared)
        for defect in executed.defects:
            self.defects.setdefault((defect.clause, defect.topic), []).append((program, defect))


class Programs:
    """The programs that a tracker is tried with."""

    def __init__(
        self,
        examiners: Sequence[Examiner],
        chosen: Sequence[Program] = (),
        few: bool = False,
        budget: float | None = None,
    ) -> None:
        """Nothing is executed yet.

        Args:
            examiners: Those who execute them, running.
            chosen: The programs; without any, those of the profile.
            few: Whether to have each value once is enough.
            budget: Seconds after which no further program begins; None: what the profile gives.
        """
        self._few = few
        self._budget = examiners[0].profile.budget if budget is None else budget
        self._lost = 0
        self.executed = self.left_out = 0
        """Programs that were executed, and those for which there was no time."""
        self._examiners = examiners
        self._showed: dict[Driver, Showed] = {}
        self._chosen = list(chosen) or list(self._of_the_profile())

    def run(self, told: Told) -> list[Finding]:
        """Execute all of them; what each clause comes to under each driver.

        Args:
            told: Told of each before it is executed.

        Raises:
            HarnessBroken: The harness turned out to be at fault, not the tracker.
        """
        started = time.monotonic()
        self._until = started + self._budget
        total = len(self._chosen)
        self._share(
            [
                self._execution(each, partial(told.program, str(each), number, total))
                for number, each in enumerate(self._chosen, 1)
            ]
        )
        causes: list[tuple[Driver, Shrunk]] = []
        groups = [(driver, found) for driver, showed in self._showed.items() for found in showed.defects.values()]
        self._share([self._search(driver, found, causes) for driver, found in groups])
        seconds = time.monotonic() - started
        return [with_gap(each, self._examiners[0].gaps) for each in self._findings(causes, seconds)]

    def _of_the_profile(self) -> Iterator[Program]:
        """The slowest first, so that no examiner has one left to do alone."""
        tried = self._examiners[0].tried
        offered = {*tried.features, *tried.settings, *(["secret"] if self._examiners[0].takes_secret else [])}
        profile = self._examiners[0].profile
        if self._few:
            once = {driver: min(1, values) for driver, values in profile.combined.items()}
            profile = profile.model_copy(update={"combined": once, "triples": False, "random": 0})
        for driver in (Driver.PROCESS, Driver.PIPELINE, Driver.DIRECT):
            if any(driver in examiner.drivers for examiner in self._examiners):
                yield from programs(profile, driver, offered, tried.seed)

    def _execution(self, program: Program, begun: Callable[[], None]) -> Work:
        def work(examiner: Examiner) -> None:
            if time.monotonic() > self._until or self._lost >= MOST_LOST:
                self.left_out += 1
                return
            begun()
            executed = examiner.execute(program)
            self.executed += 1
            self._lost += any(defect.topic == LOST for defect in executed.defects)
            self._showed.setdefault(program.driver, Showed()).add(program, executed)

        return work

    def _search(self, driver: Driver, found: list[tuple[Program, Defect]], causes: list[tuple[Driver, Shrunk]]) -> Work:
        """The smallest programs behind one kind of defect: each explains the programs that are larger."""

        def work(examiner: Examiner) -> None:
            left = found
            for _ in range(CAUSES):
                if left and left[0][1].topic == LOST:  # it would be lost again and again
                    program, defect = left[0]
                    causes.append((driver, Shrunk(program=str(program), blamed=OUTLIVED, defect=defect)))
                    return
                if left:
                    shrunk = examiner.shrink(*left[0])
                    causes.append((driver, shrunk))
                    small = Program.parse(shrunk.program)
                    left = [each for each in left[1:] if not small.explains(each[0])]

        return work

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
            for clause in OF_PAGES:
                if "U1" in tried and clause not in tried:
                    yield self._finding(clause, driver, showed).model_copy(update={"verdict": Verdict.NOT_OFFERED})
            blamed = {shrunk.blamed for of, shrunk in causes if of is driver}
            for clause in CLAUSES:
                if showed.tried[clause] and clause not in blamed:
                    yield self._finding(clause, driver, showed, seconds)
            for shrunk in _each_once(shrunk for of, shrunk in causes if of is driver):
                yield self._broken(driver, shrunk, showed)

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
        which = "" if defect.step is None else f" (step {defect.step} of it)"
        facts = {
            "verdict": Verdict.BROKEN,
            "trial": defect.topic,
            "story": f"{defect.told}\nin the program {shrunk.program}{which}",
            "advice": _advice(shrunk),
            "replay": replay_of(self._examiners[0].tried.harness, shrunk.program),
        }
        return self._finding(shrunk.blamed, driver, showed).model_copy(update=facts)


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
