"""Tries a tracker in a process whose environment was prepared: `python -m tracker_contracts.engine.worker JOB`.

The job is a `messages.Job` as JSON; clauses to try come in by standard input, and what became of them goes out.
"""

from __future__ import annotations

import faulthandler
import platform
import sys
from contextvars import copy_context
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import tracker_contracts
from tracker_contracts.clauses import VERSION, Driver
from tracker_contracts.drivers.expect import Tally, tally
from tracker_contracts.drivers.patience import left_behind
from tracker_contracts.drivers.world import World
from tracker_contracts.engine.conversation import Conversation
from tracker_contracts.engine.execute import Stage
from tracker_contracts.engine.messages import (
    AnyQuestion,
    Begun,
    Done,
    Execute,
    Executed,
    Job,
    Judged,
    Question,
    Ready,
    Shrink,
    Shrunk,
    Unfit,
)
from tracker_contracts.engine.reader import Reader
from tracker_contracts.engine.runner import judge
from tracker_contracts.engine.shrink import defect, shrunk, to_blame
from tracker_contracts.engine.smoke import made, smoke, started
from tracker_contracts.faults.trial import Trial, trials_of
from tracker_contracts.harness import HarnessBroken, TrackerHarness
from tracker_contracts.judges.blame import conditions
from tracker_contracts.judges.judge import judged
from tracker_contracts.programs.program import Program
from tracker_contracts.report.report import Versions
from tracker_contracts.report.verdict import Finding


def main() -> None:
    """Do the job."""
    faulthandler.enable()
    line = Conversation.begin()
    try:
        _work(Job.model_validate_json(sys.argv[1]), line)
    except HarnessBroken as broken:
        line.tell(Unfit(why=str(broken)))


def _work(job: Job, line: Conversation) -> None:
    harness, folder = made(job.spec), Path(job.folder)
    with started(harness, folder):
        smoke(harness, folder)
        examination = Examination(harness, job, line)
        line.tell(_ready(harness, folder))
        try:
            for question in line.questions():
                examination.answer(question)
        finally:
            examination.close()
    line.tell(Done())


class Examination:
    """A harness's worlds, and the line to tell what happens in them."""

    def __init__(self, harness: TrackerHarness, job: Job, line: Conversation) -> None:
        folder = Path(job.folder)
        self._worlds = {driver: World(harness, driver, folder) for driver in Driver}
        self._reader = Reader()
        self._stages: dict[Driver, Stage] = {}
        self._job = job
        self._line = line

    def answer(self, question: AnyQuestion) -> None:
        """Do what is asked, and tell what came of it."""
        match question:
            case Question():
                self._try(question)
            case Execute():
                self._line.tell(copy_context().run(self._execute, Program.parse(question.program)))
            case Shrink():
                self._line.tell(copy_context().run(self._shrink, question))

    def close(self) -> None:
        """Stop what was started."""
        for stage in self._stages.values():
            stage.close()
        self._reader.close()

    def _try(self, question: Question) -> None:
        """Try a clause in all ways that are left."""
        for trial in trials_of(question.clause):
            for driver in trial.drivers:
                if driver in question.drivers and (trial.name, driver) not in question.tried:
                    self._line.tell(Begun(clause=question.clause, trial=trial.name, driver=driver))
                    self._line.tell(Judged(finding=self._judge(trial, driver), spoiled=left_behind()))
        self._line.tell(Done())

    def _judge(self, trial: Trial, driver: Driver) -> Finding:
        return judge(trial, self._worlds[driver], self._job.profile, self._job.seed)

    def _execute(self, program: Program) -> Executed:
        checks = list(judged(self._stage(program).execute(program)))
        compared = {clause for clause, _ in checks}
        bad = [defect(clause, check) for clause, check in checks if not check.holds]
        first = {(each.clause, each.topic): each for each in reversed(bad)}
        tried = sorted(compared | conditions(program)) if compared else []
        return Executed(program=str(program), compared=tried, defects=list(first.values()), spoiled=left_behind())

    def _shrink(self, wanted: Shrink) -> Shrunk:
        program = Program.parse(wanted.program)
        find = shrunk if wanted.smaller else to_blame
        return find(self._stage(program), program, wanted.clause, wanted.topic)

    def _stage(self, program: Program) -> Stage:
        tally.set(Tally())
        if program.driver not in self._stages:
            self._stages[program.driver] = stage = Stage(self._worlds[program.driver], self._reader)
            stage.learn()
        return self._stages[program.driver]


def _ready(harness: TrackerHarness, folder: Path) -> Ready:
    versions = Versions(
        zenml=_version("zenml"),
        backend=_version(harness.backend),
        python=platform.python_version(),
        tracker_contracts=tracker_contracts.__version__,
        contract=VERSION,
    )
    return Ready(
        tracker=harness.name,
        backend=harness.backend,
        features=sorted(harness.features),
        secret=harness.secret_field is not None,
        native=harness.native_calls,
        settings=sorted(World(harness, Driver.DIRECT, folder).settings),
        versions=versions,
        gaps=dict(harness.known_gaps),
    )


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"


if __name__ == "__main__":
    main()
