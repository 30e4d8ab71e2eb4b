"""Has a tracker tried in a process of its own, whose environment is what the harness asks for.

A tracker that kills or hangs that process is found broken, and the rest is tried in another one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tracker_contracts.clauses import CLAUSES, Clause, Driver
from tracker_contracts.engine.child import Child, ChildLost
from tracker_contracts.engine.gaps import with_gap
from tracker_contracts.engine.isolation import isolated
from tracker_contracts.engine.messages import (
    NOT_AGAIN,
    AnyMessage,
    Begun,
    Defect,
    Done,
    Environment,
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
from tracker_contracts.engine.replay import replay
from tracker_contracts.harness import HarnessBroken
from tracker_contracts.profiles import Profile
from tracker_contracts.programs.program import Program
from tracker_contracts.report.report import Tried
from tracker_contracts.report.verdict import Finding, Verdict

START = 180.0
"""Seconds that a process may take to import everything and to pass the smoke test, or to stop."""
TRIAL = 300.0
EXAMPLE = 20.0
"""Seconds that a trial may take, and for each example on top; some libraries wait for a server for four minutes."""
PROGRAM = 120.0
"""Seconds that a program may take, or the search for a smaller one."""
OUTLIVED = "L9"
"""The clause that a tracker breaks whose step ends or hangs the process."""
LOST = "the process outlives its step"
"""What is compared then."""
WORKER, PREPARE = "tracker_contracts.engine.worker", "tracker_contracts.engine.prepare"


class Examiner:
    """One tracker, ready to be tried; a context, in which it is running."""

    def __init__(
        self, spec: str, profile: Profile, seed: int | None = None, drivers: Sequence[Driver] = tuple(Driver)
    ) -> None:
        """Nothing is started yet.

        Args:
            spec: The harness.
            profile: How hard to try.
            seed: Where the search for counterexamples starts.
            drivers: Those to try each clause with.
        """
        self.drivers = list(drivers)
        self.started_in = 0.0
        """Seconds that it took to start, with the silent step that makes sure of the harness."""
        self._over = False
        self._temporary = tempfile.TemporaryDirectory(prefix="tracker-contracts-", ignore_cleanup_errors=True)
        self._folder = Path(self._temporary.name)
        self.profile = profile
        self._job = Job(spec=spec, folder=self._temporary.name, profile=profile, seed=seed)
        self._environment = isolated(self._folder)
        self._child: Child | None = None
        self._doing: Begun | None = None

    def __enter__(self) -> Examiner:
        """Start, and make sure of the harness.

        Raises:
            HarnessBroken: It is not what it says; nothing was tried.
        """
        began = time.monotonic()
        try:
            self._environment |= self._variables()
            self.tried = self._start()
            self.started_in = time.monotonic() - began
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """Stop what the harness started.

        Raises:
            HarnessBroken: That failed.
        """
        try:
            if kind is None:
                self._stop()
        finally:
            self._end()

    def judge(self, clause: Clause) -> Iterator[Begun | Judged]:
        """Try a clause in all ways.

        Raises:
            HarnessBroken: It turned out to be.
        """
        findings: list[Finding] = []
        self._ask(clause, findings)
        while not isinstance(message := self._answer(), Done):
            assert isinstance(message, Begun | Judged)
            yield message
            if isinstance(message, Judged):
                findings.append(message.finding)
                if self._child is None:  # this very trial was its end, or spoiled it
                    self._start()
                    self._ask(clause, findings)

    def execute(self, program: Program) -> Executed:
        """Execute a program, and have it judged by every clause.

        Raises:
            HarnessBroken: It turned out to be.
        """
        answer = self._ask_once(Execute(program=str(program)))
        if isinstance(answer, Executed):
            return answer
        defect = Defect(clause=OUTLIVED, topic=LOST, told=str(answer))
        return Executed(program=str(program), compared=[OUTLIVED], defects=[defect])

    def shrink(self, program: Program, defect: Defect, smaller: bool = True) -> Shrunk:
        """Find the smallest program that shows a defect, and who is to blame.

        Args:
            program: One that shows it.
            defect: The defect.
            smaller: Whether a smaller one is wanted at all.

        Raises:
            HarnessBroken: The harness turned out to be.
        """
        asked = Shrink(program=str(program), clause=defect.clause, topic=defect.topic, smaller=smaller)
        answer = self._ask_once(asked)
        if not isinstance(answer, Shrunk):
            return Shrunk(program=str(program), blamed=defect.clause, defect=defect)
        if answer.defect.told == NOT_AGAIN:
            both = defect.model_copy(update={"told": f"{defect.told}; {NOT_AGAIN}"})
            return answer.model_copy(update={"defect": both})
        return answer

    def _ask_once(self, question: Execute | Shrink) -> AnyMessage | ChildLost:
        """The answer, or how the process was lost; another one is there for the next question."""
        assert self._child is not None
        self._child.ask(question)
        try:
            answer = _fit(self._child.answer(PROGRAM))
        except ChildLost as lost:
            if self._over:
                raise HarnessBroken("The check was broken off.") from lost
            self._kill()
            self._start()
            return lost
        if isinstance(answer, Executed) and answer.spoiled:
            self._kill()
            self._start()
        return answer

    def _variables(self) -> dict[str, str]:
        self._child = self._spawn(PREPARE, self._job.spec, self._job.folder)
        message = self._first_answer()
        self._kill()
        assert isinstance(message, Environment)
        return message.variables

    def _start(self) -> Tried:
        self._child = self._spawn(WORKER, self._job.model_dump_json())
        ready = self._first_answer()
        assert isinstance(ready, Ready)
        self.gaps, self.native_calls = ready.gaps, ready.native
        self.offered = {*ready.features, *ready.settings, *ready.native, *(["secret"] if ready.secret else [])}
        """What programs may ask of it."""
        return Tried(
            **ready.model_dump(exclude={"say", "gaps", "secret", "native"}),
            harness=self._job.spec,
            profile=self._job.profile.name,
            seed=self._job.seed,
        )

    def _spawn(self, module: str, *arguments: str) -> Child:
        try:
            return Child(module, *arguments, folder=self._folder, environment=self._environment)
        except OSError as error:
            raise HarnessBroken(f"No process can be started to try it in. {error}") from error

    def _first_answer(self) -> AnyMessage:
        assert self._child is not None
        try:
            return _fit(self._child.answer(START))
        except ChildLost as lost:
            raise HarnessBroken(f"Making the harness and trying a silent step failed. {lost}") from lost

    def _ask(self, clause: Clause, findings: list[Finding]) -> None:
        assert self._child is not None
        tried = [(found.trial, found.driver) for found in findings]
        self._child.ask(Question(clause=clause.id, drivers=self.drivers, tried=tried))

    def _answer(self) -> AnyMessage:
        """What the worker says next; in its place, if it is lost, what is to be said of the trial that it died of."""
        assert self._child is not None
        patience = TRIAL + EXAMPLE * self._job.profile.examples(self._doing.driver) if self._doing else START
        try:
            message = _fit(self._child.answer(patience))
        except ChildLost as lost:
            if self._over:
                raise HarnessBroken("The check was broken off.") from lost
            return self._post_mortem(lost)
        self._doing = message if isinstance(message, Begun) else self._doing
        if isinstance(message, Judged) and message.spoiled:
            self._kill()
        return message

    def _post_mortem(self, lost: ChildLost) -> Judged:
        self._kill()
        if self._doing is None:
            raise HarnessBroken(f"The process was lost before anything was tried. {lost}") from lost
        finding = Finding(
            clause=self._doing.clause,
            level=CLAUSES[self._doing.clause].level,
            driver=self._doing.driver,
            trial=self._doing.trial,
            verdict=Verdict.BROKEN,
            story=f"the process in which the step ran did not outlive it\n{lost}",
            replay=replay(self._job.spec, self._doing.clause, self._job.profile, self._job.seed),
        )
        return Judged(finding=with_gap(finding, self.gaps))

    def _stop(self) -> None:
        if self._child is None:
            return
        self._child.hang_up()
        try:
            _fit(self._child.answer(START))
        except ChildLost as lost:
            raise HarnessBroken(f"stop() must stop what start(folder) started. {lost}") from lost

    def _kill(self) -> None:
        if self._child is not None:
            self._child.kill()
        self._child = None

    def _end(self) -> None:
        self._over = True
        self._kill()
        self._temporary.cleanup()


def _fit(message: AnyMessage) -> AnyMessage:
    if isinstance(message, Unfit):
        raise HarnessBroken(message.why)
    return message
