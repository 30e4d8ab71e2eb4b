"""T1 to T5."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tracker_contracts.clauses import Driver
from tracker_contracts.expect import expect, expect_that
from tracker_contracts.observed import ObservedRun
from tracker_contracts.plan import AddTags, Fail, LogMetrics, StepPlan
from tracker_contracts.strategies import LATE_TAGS, METRICS, NAMES, TAGS, plans
from tracker_contracts.suites.compare import LOUD, offered, only_run
from tracker_contracts.trial import trial
from tracker_contracts.world import World

HARD_TAGS: list[Any] = ["", "x" * 10_000, "x" * 300 + "y", " ", "\ud800", 17, None, True, ["nested"], {"key": "value"}]
"""Empty, long, blank, no valid text, and of wrong types: tags that some backend cannot hold."""


@trial("T1", tags=TAGS, plan=plans(silent=False))
def tags_are_stored_as_a_set(world: World, tags: list[str], plan: StepPlan) -> None:
    """A tag of the settings is missing, changed, or there twice.

    Store each tag as it was given: not folded, trimmed, split at commas, or cut.
    """
    stored, of_its_own = (_tags_of(world, plan, given) for given in ([*tags, *tags[:1]], []))
    # the library may add tags of its own, so that only what the given ones made of them counts
    expect(set(tags) - set(stored), set(), "a tag is missing or changed")
    expect(set(stored) - set(of_its_own) - set(tags), set(), "a tag is missing or changed, and another one is there")
    expect([tag for tag in set(tags) if stored.count(tag) > 1], [], "a tag is stored twice")


def _tags_of(world: World, plan: StepPlan, given: list[str]) -> list[str]:
    scene = world.scene()
    scene.run(plan.model_copy(update={"settings": {"tags": given} if given else {}}))
    return only_run(scene).tags


@trial("T2", Driver.DIRECT, Driver.PIPELINE, plan=plans(silent=False), run=NAMES, tags=TAGS)
def the_three_names_are_among_the_tags(world: World, plan: StepPlan, run: str, tags: list[str]) -> None:
    """A run can't be found by the pipeline, the pipeline run or the step that it belongs to.

    Add the three names to the tags of every run, also of those that have no other tags.
    """
    scene = world.scene()
    outcome = scene.run(offered(world, plan.model_copy(update={"run": f"{run}-run"}), tags=tags))
    names = {outcome.pipeline, outcome.run_name, plan.step}
    expect(names - set(only_run(scene).tags), set(), "a name is not among the tags")


@trial("T3", logs=st.lists(METRICS, min_size=1, max_size=3), tags=st.lists(NAMES, min_size=1, max_size=3))
def tagging_writes_no_metric(world: World, logs: list[LogMetrics], tags: list[str]) -> None:
    """Tags turn up as metrics, or move the metrics to later steps.

    Store tags beside the run, never by the call that logs metrics.
    """
    scene, first = world.scene(), LogMetrics(metrics={"first": 1})
    late = AddTags(tags=[f"late-{tag}" for tag in tags])
    logs = [LogMetrics(metrics=log.metrics) for log in logs]  # some trackers drop a step lower than the one before
    scene.run(StepPlan(step="plain", run="first-run", actions=(first, *logs)))
    plain = only_run(scene)
    settings = {"tags": tags}
    scene.run(StepPlan(step="tagged", run="second-run", settings=settings, actions=(late, first, late, *logs)))
    tagged = only_run(scene, beside=plain)
    expect(tagged.metrics, plain.metrics, "a tagged run has other metrics than an untagged one")
    names = {"first", *(name for log in logs for name in log.metrics)}
    expect({metric.name for metric in tagged.metrics}, names, "something is stored as a metric that was not logged")


@trial("T4", early=TAGS, late=st.lists(LATE_TAGS, min_size=1, max_size=3), fails=st.booleans())
def tags_added_in_the_step_are_stored(world: World, early: list[str], late: list[AddTags], fails: bool) -> None:
    """A tag that the step itself added is missing or changed, or it took another tag's place.

    Join added tags to those that the run has; deliver them before the run ends, also if the step fails.
    """
    scene = world.scene()
    settings = {"tags": early} if "tags" in world.settings else {}
    scene.run(StepPlan(settings=settings, actions=(LOUD, *late, *([Fail()] if fails else []))))
    run = only_run(scene)
    promised = {*(early if settings else []), *(tag for action in late for tag in action.tags)}
    expect(promised - set(run.tags), set(), "tags are missing or changed")


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
