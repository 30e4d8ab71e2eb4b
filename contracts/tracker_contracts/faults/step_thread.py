"""A step in a thread of its own that does what it is told, so that others can decide how steps interleave."""

from __future__ import annotations

from functools import partial
from queue import Empty, Queue

from tracker_contracts.drivers import patience
from tracker_contracts.drivers.expect import BrokenPromise
from tracker_contracts.drivers.perform import do
from tracker_contracts.drivers.world import Scene
from tracker_contracts.faults.open_step import OpenStep
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.programs.plan import Action, StepPlan

PATIENCE = 60.0
"""Seconds after which a hook or a call counts as one that never returns."""


class StepThread:
    """A step that was prepared; its hooks and its actions share one thread and one context, as in ZenML."""

    def __init__(self, scene: Scene, plan: StepPlan, attempt: int) -> None:
        self._orders: Queue[Action | None] = Queue()
        self._answers: Queue[BaseException | None] = Queue()
        patience.start(partial(self._work, OpenStep(scene, plan, attempt), scene.harness))
        self.raised = self._answer()
        """What came out of the step or its hooks so far."""

    def do(self, action: Action) -> None:
        """Let the step do one thing; a `Fail` ends it."""
        self._order(action)

    def end(self) -> None:
        """Let the step return."""
        self._order(None)

    def _order(self, action: Action | None) -> None:
        if self.raised is not None:
            return  # it is over, and nobody would answer
        self._orders.put(action)
        self.raised = self._answer()

    def _answer(self) -> BaseException | None:
        try:
            return self._answers.get(timeout=PATIENCE)
        except Empty:
            raise BrokenPromise(f"a hook or a call had not returned after {PATIENCE:.0f} s") from None

    def _work(self, step: OpenStep, harness: TrackerHarness) -> None:
        ended: BaseException | None = None
        try:
            with step:
                self._answers.put(None)
                self._obey(harness)
        except BaseException as error:
            ended = error
        self._answers.put(ended)

    def _obey(self, harness: TrackerHarness) -> None:
        while (action := self._orders.get()) is not None:
            do(action, harness)
            self._answers.put(None)
