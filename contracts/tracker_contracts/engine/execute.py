"""Executes a program in a place of its own, and gathers what the judges need."""

from __future__ import annotations

import locale
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.drivers.world import Scene, World
from tracker_contracts.engine.credentials import shown, with_credentials
from tracker_contracts.engine.pristine import Pristine
from tracker_contracts.engine.reader import Reader
from tracker_contracts.judges.judge import judged
from tracker_contracts.judges.trace import Pair, Trace, paired
from tracker_contracts.model import expected
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.script import Group, Planned, script

PATIENCE = 1.5
"""Seconds after which what was missing is looked for once more: late is another fault than lost."""
LOOKS = 3
"""How often nothing may have come by then; after that, nothing is taken for late any more."""


class Stage:
    """A tracker under a driver, on which programs are executed."""

    def __init__(self, world: World, reader: Reader, looks: int = LOOKS, patience: float = PATIENCE) -> None:
        """Nothing is executed yet.

        Args:
            world: The tracker and the driver.
            reader: Reads what is stored.
            looks: How often something missing may be looked for in vain.
            patience: Seconds after which it is looked for.
        """
        self.world, self.reader = world, reader
        self._looks, self._patience = looks, patience
        self.own_tags: frozenset[str] = frozenset()
        """What the tracker tags each run with of its own accord."""
        self.first: Trace | None = None
        """What the plainest program left, as the first of this process."""
        self.pristine: Pristine | None = None
        """This process before it; none under a driver whose store no two processes share."""

    def execute(self, program: Program) -> Trace:
        """Execute a program, and pair what was executed with what is stored."""
        secret = any(step.get("secret") == "given" for step in program.steps)
        scene, told = with_credentials(self.world) if secret else (self.world.scene(), None)
        with _surroundings_kept():
            pairs = [pair for group in script(program) for pair in self._group(scene, group)]
        for number, pair in enumerate(pairs):
            pair.number = number
        trace = Trace(pairs, self.world.harness, self.world.settings, own_tags=self.own_tags, secret=told)
        runs = self.reader.read(self.world.harness, scene.place)
        trace.foreign = paired(pairs, runs)
        if told is not None:
            trace.shown = shown(pairs, runs, scene)
        if self._looks > 0 and self._something_is_missing(trace):
            self._look_again(trace, scene)
        return trace

    def learn(self) -> None:
        """Execute the plainest program, before any other, and find out what the tracker tags a plain run with."""
        if self.world.driver is Driver.DIRECT:
            self.reader.start()
            self.pristine = Pristine(self._topics)
        self.first = self.execute(Program.of({}, driver=self.world.driver))
        for pair, run in self.first.kept:
            self.own_tags = frozenset(run.tags) - pair.expected.all_tags
        self.first.own_tags = self.own_tags

    def shows_alone(self, program: Program, clause: str, topic: str) -> bool:
        """Whether a program shows a defect as the first of a process; yes, if nobody can tell."""
        if self.pristine is None:
            return True
        found = self.pristine.ask([str(program), sorted(self.own_tags), self._looks])
        return found is None or [clause, topic] in found

    def close(self) -> None:
        """End what was started."""
        if self.pristine is not None:
            self.pristine.close()

    def _topics(self, question: tuple[str, list[str], int]) -> list[tuple[str, str]]:
        """What a program leaves that is not as it should be, by clause and topic."""
        program, own_tags, self._looks = question
        self.own_tags = frozenset(own_tags)
        checks = judged(self.execute(Program.parse(program)))
        return [(clause, check.topic) for clause, check in checks if not check.holds]

    def _group(self, scene: Scene, group: Group) -> Iterator[Pair]:
        seen: dict[str, Any] = {}
        plans = [planned.plan for planned in group.steps]
        if group.how == "together":
            outcomes = scene.run_together(plans)
        elif group.how == "attempts":
            outcomes = scene.run_attempts(plans)
        else:
            outcomes = [self._single(scene, group.steps[0], seen)]
        for planned, outcome in zip(group.steps, outcomes, strict=False):
            yield self._pair(planned, outcome, seen)

    def _single(self, scene: Scene, planned: Planned, seen: dict[str, Any]) -> Outcome:
        if self.world.driver is Driver.DIRECT and "metadata" in planned.plan.settings:
            return scene.run(
                planned.plan, look=lambda: seen.update(at_start=self.reader.read(self.world.harness, scene.place))
            )
        return scene.run(planned.plan)

    def _pair(self, planned: Planned, outcome: Outcome, seen: Mapping[str, Any]) -> Pair:
        outcome.plan = planned.plan  # in the contract's words, where the flavor has others
        promised = expected(outcome, self.world.harness, self.world.settings, self.world.driver)
        return Pair(0, promised, outcome, planned.values, planned.attempt, outcome.early, seen.get("at_start"))

    def _something_is_missing(self, trace: Trace) -> bool:
        return any(pair.run is None or _less(pair, pair.run) for pair in trace.pairs if pair.prepared)

    def _look_again(self, trace: Trace, scene: Scene) -> None:
        time.sleep(self._patience)
        later = {run.id: run for run in self.reader.read(self.world.harness, scene.place)}
        for pair in trace.pairs:
            pair.later = later.get(pair.run.id) if pair.run else None
        if not any(pair.later and pair.later != pair.run for pair in trace.pairs):
            self._looks -= 1


def _less(pair: Pair, run: ObservedRun) -> bool:
    """Whether there is less in it than was logged, or it has not ended."""
    metrics = sum(len(call.values) for call in pair.expected.calls)
    tags = pair.expected.all_tags - set(run.tags)
    return (
        len(run.metrics) < metrics
        or bool(tags)
        or len(run.params) < len(pair.expected.params)
        or len(run.artifacts) < len(pair.expected.artifacts)
        or run.state not in ("finished", "failed")
    )


@contextmanager
def _surroundings_kept() -> Iterator[None]:
    """What a step moves, or a tracker leaves in the environment, is as before when its program is over.

    Else the next program would not show what the first one did.
    """
    folder, variables, language = os.getcwd(), dict(os.environ), locale.setlocale(locale.LC_ALL)
    try:
        yield
    finally:
        os.chdir(folder)
        locale.setlocale(locale.LC_ALL, language)
        os.environ.clear()
        os.environ.update(variables)
        time.tzset()
