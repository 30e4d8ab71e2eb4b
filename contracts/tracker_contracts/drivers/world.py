"""All that a trial needs: fresh places, steps executed in them, and a reader."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast
from uuid import uuid4

from zenml.stack import Flavor

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.expect import note, tally
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.drivers.patience import together
from tracker_contracts.drivers.perform import perform
from tracker_contracts.harness import Place, TrackerHarness
from tracker_contracts.observed import RUNS, ObservedRun
from tracker_contracts.programs.plan import StepPlan
from tracker_contracts.programs.words import plan_in_words, run_in_words

BLANK: dict[str, Any] = {"tags": [], "metadata": {}, "run_name": ""}
"""The contract's own settings."""


class Executor(Protocol):
    """Executes plans with one tracker."""

    def run(self, plan: StepPlan, body: Callable[[], Any] | None = None) -> Outcome:
        """One step; nothing is raised."""

    def run_attempts(self, plans: Sequence[StepPlan]) -> list[Outcome]:
        """The attempts of one step that is retried, each with a plan of its own."""

    def run_together(self, plans: Sequence[StepPlan]) -> list[Outcome]:
        """Steps at the same time."""


class World:
    """A tracker under a driver; each scene in it is a place of its own."""

    def __init__(self, harness: TrackerHarness, driver: Driver, folder: Path) -> None:
        self.harness = harness
        self.driver = driver
        self.folder = folder
        self.flavor = flavor_of(harness)

    def __repr__(self) -> str:
        return f"World({self.harness.name!r}, {self.driver.value!r})"

    def scene(self, **config: Any) -> Scene:
        """A fresh place with a tracker; `config` over what the harness says."""
        tally.get().examples += 1
        place = Place(self.folder, f"p-{uuid4().hex[:12]}")
        self.harness.reset(place)
        return Scene(self, place, config)

    @property
    def settings_class(self) -> Any:
        """The class of the flavor's settings; None if it has none."""
        made: Any = self.flavor.implementation_class
        return made.settings_class.fget(object.__new__(made))

    @property
    def settings(self) -> frozenset[str]:
        """What a step may set, in the contract's words as well as the flavor's."""
        fields = frozenset(self.settings_class.model_fields) if self.settings_class else frozenset()
        return fields | {
            name for name, value in BLANK.items() if fields.issuperset(self.harness.settings({name: value}))
        }


class Scene:
    """A place, and the steps that run in it."""

    def __init__(self, world: World, place: Place, config: dict[str, Any]) -> None:
        self.world = world
        self.harness = world.harness
        self.place = place
        self._config = {**self.harness.config(place), **config}
        self._made: Executor | None = None

    @property
    def executor(self) -> Executor:
        """What executes the steps."""
        if self._made is None:
            self._made = _executor(self.world, self.place, self._config)
        return self._made

    def run(
        self, plan: StepPlan, body: Callable[[], Any] | None = None, look: Callable[[], Any] | None = None
    ) -> Outcome:
        """Execute a step; `body` instead of its actions, or `look` before them."""
        self._note(plan)
        spelled = self._spelled(plan)
        if look is not None:
            body = partial(_look_and_perform, look, spelled, self.harness)
        return _noted(self.executor.run(spelled, body))

    def run_within(self, seconds: float, plan: StepPlan) -> Outcome:
        """Execute a step in a thread.

        Raises:
            BrokenPromise: It goes on for longer.
        """
        self._note(plan)
        executor, spelled = self.executor, self._spelled(plan)
        [outcome] = together([lambda: executor.run(spelled)], seconds)
        return _noted(outcome)

    def _note(self, plan: StepPlan) -> None:
        note(plan_in_words(plan))

    def run_attempts(self, plans: Sequence[StepPlan]) -> list[Outcome]:
        """Execute one step that is retried; all attempts have the first plan's names and settings."""
        same = {name: getattr(plans[0], name) for name in ("step", "pipeline", "run", "settings")}
        attempts = [plan.model_copy(update={**same, "retry_of": plan.retry_of or self.place.name}) for plan in plans]
        note("one after the other, as attempts: " + "; ".join(map(plan_in_words, plans)))
        return self.executor.run_attempts([self._spelled(plan) for plan in attempts])

    def run_together(self, plans: Sequence[StepPlan]) -> list[Outcome]:
        """Execute steps at the same time in one process."""
        note("at the same time: " + "; ".join(map(plan_in_words, plans)))
        return self.executor.run_together([self._spelled(plan) for plan in plans])

    def _spelled(self, plan: StepPlan) -> StepPlan:
        return plan.model_copy(update={"settings": self.harness.settings(plan.settings)})

    def runs(self) -> list[ObservedRun]:
        """What is stored."""
        found = self.harness.read(self.place)
        note("stored: " + ("; ".join(map(run_in_words, found)) or "no run"))
        return found

    def fresh_runs(self) -> list[ObservedRun]:
        """What a process sees that has nothing to do with this one."""
        spec = f"{type(self.harness).__module__}:{type(self.harness).__qualname__}"
        command = [
            sys.executable,
            "-m",
            "tracker_contracts.engine.fresh",
            spec,
            str(self.place.folder),
            self.place.name,
        ]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"the reader failed in a fresh process:\n{done.stderr[-2000:]}")
        return RUNS.validate_python(json.loads(done.stdout.rstrip("\n").rpartition("\n")[2]))


def _noted(outcome: Outcome) -> Outcome:
    """The outcome, of which the story tells what raised, if that was not the step."""
    if outcome.raised is not None and outcome.raised_by != "step":
        note(f"{outcome.raised_by or 'ZenML'} raised {type(outcome.raised).__name__}: {outcome.raised}")
    return outcome


def _look_and_perform(look: Callable[[], Any], plan: StepPlan, harness: TrackerHarness) -> None:
    look()
    perform(plan, harness)


def flavor_of(harness: TrackerHarness) -> Flavor:
    """The harness's flavor, imported now."""
    module, _, name = harness.flavor.rpartition(".")
    return cast(Flavor, getattr(import_module(module), name)())


def _executor(world: World, place: Place, config: dict[str, Any]) -> Executor:
    driver = import_module(f"tracker_contracts.drivers.{world.driver.value}")
    made: Executor = driver.make(world.harness, world.flavor, place, config)
    return made
