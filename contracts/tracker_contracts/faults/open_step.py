"""A step between prepare and cleanup, for trials that have to do something in between."""

from __future__ import annotations

import sys
from typing import Any, cast

from tracker_contracts.drivers.direct import DirectDriver, info_of
from tracker_contracts.drivers.world import Scene
from tracker_contracts.programs.plan import StepPlan


class OpenStep:
    """The hooks of one step, called one by one; entered it is prepared, left it is cleaned up."""

    def __init__(self, scene: Scene, plan: StepPlan, attempt: int = 1) -> None:
        self._component = cast(DirectDriver, scene.executor).component
        spelled = plan.model_copy(update={"settings": scene.harness.settings(plan.settings)})
        self._info = info_of(scene.world.flavor, spelled, attempt)

    def __enter__(self) -> OpenStep:
        self._component.prepare_step_run(self._info)
        return self

    def metadata(self) -> dict[str, Any]:
        """What the tracker tells ZenML of the run."""
        found: dict[str, Any] = self._component.get_step_run_metadata(self._info)
        return found

    def __exit__(self, *error: object) -> None:
        self._component.cleanup_step_run(self._info, sys.exc_info()[1] is not None)
