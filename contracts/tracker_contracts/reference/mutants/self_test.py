"""Proves that the suites can fail: the reference keeps every clause, and each broken tracker is found by its own."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.drivers.expect import Tally, tally
from tracker_contracts.drivers.world import World
from tracker_contracts.engine.execute import Stage
from tracker_contracts.engine.reader import Reader
from tracker_contracts.engine.runner import judge
from tracker_contracts.engine.selection import programs
from tracker_contracts.engine.shrink import shrunk, weight
from tracker_contracts.faults import full_disk
from tracker_contracts.faults.trial import Trial, trials_of
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.judges.blame import APART, conditions, shown_by_programs
from tracker_contracts.judges.judge import judged
from tracker_contracts.judges.trace import Check
from tracker_contracts.profiles import DEFAULT, QUICK
from tracker_contracts.programs.program import Program
from tracker_contracts.reference.mutants.catalogue import MUTANTS
from tracker_contracts.reference.mutants.contained import contained
from tracker_contracts.reference.mutants.harness import ReferenceHarness
from tracker_contracts.reference.mutants.kills import Kill, SelfTest
from tracker_contracts.reference.mutants.mutant import Mutant
from tracker_contracts.reference.mutants.proven import code
from tracker_contracts.report.verdict import Finding, Verdict

TRIALS = DEFAULT.model_copy(update={"pipeline": 1, "shrink": False})
"""For the reference, and for a mutant's own clause; the first counterexample ends a trial."""
APART_CLAUSES = frozenset({*APART.values(), "T3"})
"""Clauses that are to blame for what others' judges see."""
ENOUGH = 8
"""Smallest programs of one other clause, after which no more are looked for."""
SEARCH = 30.0
"""Seconds that the search for one smallest program may take."""
LATE = 0.6
"""Seconds after which what a mutant wrote late is there."""
PROGRAMMED = (Driver.DIRECT, Driver.PIPELINE)
"""Drivers under which programs are executed."""
DRIVERS = (Driver.DIRECT, Driver.PIPELINE, Driver.PROCESS)
"""From the fastest to the slowest; only one that finds nothing leads to the next."""


def run(
    progress: Callable[[str], None] = lambda text: None,
    clauses: Sequence[str] = tuple(CLAUSES),
    seed: int | None = None,
    mutants: Sequence[Mutant] = MUTANTS,
) -> SelfTest:
    """Try the reference and the broken trackers.

    Args:
        progress: Told what is being tried.
        clauses: Those that are to be tested, each by the mutants that were made for it.
        seed: Which programs, of all that would do.
        mutants: Those that there are.
    """
    wanted = [mutant for mutant in mutants if mutant.clause in clauses]
    mutants = [mutant for mutant in wanted if full_disk.can_be_mounted() or not mutant.full_disk]
    left_out = [mutant.name for mutant in wanted if mutant not in mutants]
    with tempfile.TemporaryDirectory(prefix="tracker-contracts-") as made, closing(Reader()) as reader:
        examiner = Examiner(Path(made), reader, seed)
        progress("the reference")
        reference = list(examiner.reference(clauses))
        kills = []
        for number, mutant in enumerate(mutants, 1):
            progress(f"{number}/{len(mutants)} {mutant.clause} {mutant.name}")
            kills.append(examiner.kill(mutant))
    kept = [finding for finding in reference if finding.clause in clauses]
    return SelfTest(reference=kept, kills=kills, clauses=list(clauses), code=code(), left_out=left_out)


class Examiner:
    """Tries trackers in this process."""

    def __init__(self, folder: Path, reader: Reader, seed: int | None) -> None:
        self._folder, self._reader, self._seed = folder, reader, seed
        harness = ReferenceHarness()
        settings = World(harness, Driver.DIRECT, folder).settings
        offered = {*harness.features, *settings, *harness.native_calls, "secret"}
        self._programs = [each for driver in PROGRAMMED for each in programs(QUICK, driver, offered, seed)]

    def reference(self, clauses: Sequence[str]) -> Iterator[Finding]:
        """What programs and trials show of the tracker that should keep all clauses."""
        yield from self._programs_of(ReferenceHarness)
        yield from self.trials(ReferenceHarness, clauses)

    def _programs_of(self, harness: type[TrackerHarness]) -> Iterator[Finding]:
        with self._stages(harness) as stages:
            tried: Counter[tuple[str, Driver]] = Counter()
            for program in self._programs:
                defects, compared = _executed(stages[program.driver], program)
                tried.update((clause, program.driver) for clause in compared)
                for clause, check in defects:
                    yield _found(clause, program, check.topic, check.told)
            for (clause, driver), count in tried.items():
                yield _kept(clause, driver, count)

    def trials(
        self, harness: type[TrackerHarness], clauses: Sequence[str], drivers: Sequence[Driver] = DRIVERS
    ) -> Iterator[Finding]:
        """What the trials of some clauses show, under one driver after the other."""
        for clause in clauses:
            for driver in drivers:
                for trial in trials_of(clause):
                    if driver in trial.drivers:
                        yield self._judge(trial, harness, driver)

    def kill(self, mutant: Mutant) -> Kill:
        """What finds a mutant: first of all, the programs that have the values it is known to show at."""
        others: Counter[str] = Counter()
        own = (mutant.near and self._near(mutant, others)) or self._anywhere(mutant, others)
        return Kill(
            mutant=mutant.name,
            clause=mutant.clause,
            defect=mutant.defect,
            own=own,
            others=[clause for clause in CLAUSES if others[clause] and clause != mutant.clause],
        )

    def _anywhere(self, mutant: Mutant, others: Counter[str]) -> Finding | None:
        with self._stages(mutant.harness) as stages:  # before a trial leaves something behind in the process
            own = self._by_trials(mutant, DRIVERS[:1])
            if own is None and mutant.clause in shown_by_programs():
                own = self._by_programs(mutant, stages, self._programs, others)
        return own or self._by_trials(mutant, DRIVERS[1:])

    def _near(self, mutant: Mutant, others: Counter[str]) -> Finding | None:
        near = sorted((each for each in self._programs if _has(each, mutant.near)), key=weight)
        with self._stages(mutant.harness, looks=0) as stages:  # nothing of these comes late
            return self._by_programs(mutant, stages, near, others)

    def _by_trials(self, mutant: Mutant, drivers: Sequence[Driver]) -> Finding | None:
        return _first_broken(self.trials(mutant.harness, [mutant.clause], drivers))

    def _by_programs(
        self, mutant: Mutant, stages: Mapping[Driver, Stage], programs: Sequence[Program], others: Counter[str]
    ) -> Finding | None:
        """The first program whose smallest form blames the mutant's own clause."""
        for program in programs:
            stage = stages[program.driver]
            for clause, check in _executed(stage, program)[0]:
                if clause != mutant.clause and not self._may_blame(mutant, program, others[clause]):
                    others[clause] += 1
                    continue
                found = shrunk(stage, program, clause, check.topic, SEARCH)
                if found.blamed == mutant.clause:
                    return _found(found.blamed, Program.parse(found.program), check.topic, found.defect.told)
                others[found.blamed] += 1
        return None

    def _may_blame(self, mutant: Mutant, program: Program, found: int) -> bool:
        """Whether the smallest form of a program that breaks another clause may show that it is the mutant's own."""
        return mutant.clause in APART_CLAUSES & conditions(program) and found <= ENOUGH

    @contextmanager
    def _stages(self, harness: type[TrackerHarness], looks: int = 1) -> Iterator[Mapping[Driver, Stage]]:
        with contained():
            tally.set(Tally())
            made = harness()
            stages = {driver: self._stage(made, driver, looks) for driver in PROGRAMMED}
            stages[Driver.DIRECT].learn()
            try:
                yield stages
            finally:
                stages[Driver.DIRECT].close()

    def _stage(self, harness: TrackerHarness, driver: Driver, looks: int) -> Stage:
        return Stage(World(harness, driver, self._folder), self._reader, looks, LATE)

    def _judge(self, trial: Trial, harness: type[TrackerHarness], driver: Driver) -> Finding:
        with contained():
            return judge(trial, World(harness(), driver, self._folder), TRIALS, self._seed)


def _has(program: Program, values: Sequence[str]) -> bool:
    """Whether one of its steps has all these values."""
    return any(set(values) <= {f"{name}={value}" for name, value in step.items()} for step in program.steps)


def _executed(stage: Stage, program: Program) -> tuple[list[tuple[str, Check]], set[str]]:
    """Each kind of defect once, and the clauses of which something was compared."""
    checks = list(judged(stage.execute(program)))
    bad: dict[tuple[str, str], tuple[str, Check]] = {}
    for clause, check in checks:
        if not check.holds:
            bad.setdefault((clause, check.topic), (clause, check))
    return list(bad.values()), {clause for clause, _ in checks} | conditions(program)


def _found(clause: str, program: Program, topic: str, told: str) -> Finding:
    return Finding(
        clause=clause,
        level=CLAUSES[clause].level,
        driver=program.driver,
        trial=topic,
        verdict=Verdict.BROKEN,
        story=f"{told}\nin the program {program}",
        program=str(program),
    )


def _kept(clause: str, driver: Driver, count: int) -> Finding:
    level = CLAUSES[clause].level
    return Finding(
        clause=clause,
        level=level,
        driver=driver,
        trial="programs",
        verdict=Verdict.KEPT,
        examples=count,
        comparisons=count,
    )


def _first_broken(findings: Iterator[Finding]) -> Finding | None:
    return next((finding for finding in findings if finding.verdict is Verdict.BROKEN), None)
