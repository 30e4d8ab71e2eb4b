"""T1 to T5."""

from __future__ import annotations

from tracker_contracts.expect import expect
from tracker_contracts.plan import StepPlan
from tracker_contracts.strategies import TAGS, plans
from tracker_contracts.trial import trial
from tracker_contracts.world import World


@trial("T1", tags=TAGS, plan=plans())
def tags_are_stored_as_a_set(world: World, tags: list[str], plan: StepPlan) -> None:
    """A tag of the settings is missing, changed, or there twice.

    Store each tag as it was given: not folded, trimmed, split at commas, or cut.
    """
    scene = world.scene()
    scene.run(plan.model_copy(update={"settings": {"tags": tags}}))
    [run] = scene.runs()
    expect(sorted(set(run.tags)), sorted({*tags, plan.pipeline, plan.run, plan.step}), "a tag is missing or changed")
    expect(len(run.tags), len(set(run.tags)), "a tag is stored twice")
