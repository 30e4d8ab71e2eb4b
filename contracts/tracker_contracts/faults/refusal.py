"""The other way round: what a tracker does not declare it must refuse by name, when a step asks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.expect import Tally, tally
from tracker_contracts.drivers.world import World
from tracker_contracts.harness import TrackerHarness
from tracker_contracts.programs.plan import StepPlan

ASK: dict[str, Callable[[TrackerHarness], Any]] = {
    "artifacts": lambda harness: harness.log_artifact(Path(__file__), "refusal"),
    "nested": lambda harness: harness.log_child("child", {"m": 1}),
}
"""How a step asks for a feature; for the others there is no one call."""


def why_not_refused(world: World, feature: str) -> str | None:
    """What a step sees that asks for an undeclared feature, if that is no refusal; else None.

    A refusal is a `NotImplementedError`, such as the documented `UnsupportedFeature`; a harness's own, for a tracker
    that has no such call at all, is one too.
    """
    if feature not in ASK or world.driver is not Driver.DIRECT:
        return None
    tally.set(Tally())
    outcome = world.scene().executor.run(StepPlan(), body=lambda: ASK[feature](world.harness))
    if isinstance(outcome.raised, NotImplementedError):
        return None
    seen = f"it got {outcome.raised!r}" if outcome.raised else "nothing was raised"
    return f"the feature {feature!r} is not declared, but a step that asked for it was not refused: {seen}"
