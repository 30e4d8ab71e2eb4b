"""A step of a stack with several experiment trackers, and what it leaves in each of them.

No `from __future__ import annotations` here: ZenML below 0.90 reads the types of a step as they stand.
"""

from typing import Any

from zenml import pipeline, step

from tests.support.pipelines import run
from zenml_trackers import connect
from zenml_trackers.model.stored import StoredRun

body: list[Any] = []
"""What the step does."""
seen: dict[str, Any] = {}


@step(experiment_tracker=True, enable_cache=False)
def everything() -> None:
    seen["result"] = body[0]()


@step(experiment_tracker="second", enable_cache=False)
def one() -> None:
    seen["result"] = body[0]()


@pipeline(enable_cache=False)
def all_of_them() -> None:
    everything()


@pipeline(enable_cache=False)
def one_of_them() -> None:
    one()


def tracked(call: Any, of: Any = all_of_them) -> Any:
    """What the call returned in the step, which has to end well."""
    body[:] = [call]
    seen.clear()
    assert run(of).status.value == "completed"
    return seen["result"]


def stored(url: str, of: Any = all_of_them) -> list[StoredRun]:
    return list(connect(url, project=of.name).read())


def points(found: StoredRun) -> list[tuple[str, int, float]]:
    return [(point.name, point.step, point.value) for point in found.metrics]
