"""T1 to T5."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tracker_contracts.drivers.expect import expect, expect_that
from tracker_contracts.drivers.world import World
from tracker_contracts.faults.trial import trial
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.plan import LogMetrics, StepPlan

HARD_TAGS: list[Any] = ["", "x" * 10_000, "x" * 300 + "y", " ", "\ud800", 17, None, True, ["nested"], {"key": "value"}]
"""Empty, long, blank, no valid text, and of wrong types: tags that some backend cannot hold."""


@trial("T5", hard=st.just(HARD_TAGS))
def hard_tags_are_refused_by_name_or_kept(world: World, hard: list[Any]) -> None:
    """A tag that the backend cannot hold disappears, is cut, or becomes another one, and nobody is told.

    Check tags in a validator of the settings class and raise a ValueError that shows the tag or its place in the list;
    a tag that passes is stored as it is.
    """
    scene = world.scene()
    taken = [tag for tag in hard if not _refused(world, tag)]
    for number, tag in enumerate(taken):
        marked = LogMetrics(metrics={"number": number}, step=0)
        scene.run(StepPlan(run=f"run-{number}", settings={"tags": ["good", tag]}, actions=(marked,)))
    runs = scene.runs()
    lost = [repr(tag)[:40] for number, tag in enumerate(taken) if not _is_kept(tag, number, runs)]
    expect(lost, [], "the settings took these tags, and no run has them as they were given")


def _is_kept(tag: Any, number: int, runs: list[ObservedRun]) -> bool:
    own = [run for run in runs if run.series("number") == [(0, number)]]
    return any({"good", tag} <= set(run.tags) for run in own if isinstance(tag, str))


def _refused(world: World, tag: Any) -> bool:
    given = world.harness.settings({"tags": ["good", tag]})
    try:
        world.settings_class(**given)
    except Exception as refusal:
        named = any(text in str(refusal) for text in ("tag", *given, repr(tag)))
        expect_that(named, f"the error names neither the tag nor the field: {refusal}")
        return True
    return False
