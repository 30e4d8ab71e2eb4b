"""Programs whose tracker has credentials, and all the places in which they must not be found."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping, Sequence
from typing import cast

from tracker_contracts.drivers.direct import DirectDriver
from tracker_contracts.drivers.world import Scene, World
from tracker_contracts.judges.trace import Pair
from tracker_contracts.observed import ObservedRun

SECRET = "s3cr3t-of-nobody-else"


def with_credentials(world: World) -> tuple[Scene, str]:
    """A scene whose tracker has credentials, those that work where there are such, and what they are."""
    scene = world.scene()
    field = str(world.harness.secret_field)
    secret = str(world.harness.config(scene.place).get(field) or SECRET)
    return Scene(world, scene.place, {field: secret}), secret


def shown(pairs: Sequence[Pair], runs: Sequence[ObservedRun], scene: Scene) -> Mapping[str, str]:
    """What ZenML, the user and the backend's readers see, by where they see it; what the step raised is its own."""
    component = cast(DirectDriver, scene.executor).component
    outcomes = [pair.outcome for pair in pairs]
    raised = [each.raised for each in outcomes if each.raised is not None and each.raised_by != "step"]
    return {
        "ZenML's metadata": str([each.metadata for each in outcomes]),
        "the logs and what was printed": "\n".join(each.printed for each in outcomes),
        "the warnings": str([each.warnings for each in outcomes]),
        "a traceback": "".join(line for error in raised for line in traceback.format_exception(error)),
        "the environment after cleanup": str(dict(os.environ)),
        "the component's repr": f"{component!r} {component}",
        "the configuration's repr": f"{component.config!r} {component.config}",
        "what is stored": "\n".join(map(_text, runs)),
    }


def _text(run: ObservedRun) -> str:
    """All of a run but the numbers, which may be thousands and hold no secret."""
    names = {metric.name for metric in run.metrics}
    return f"{run.model_copy(update={'metrics': []})!r} {names} {run.everything}"
