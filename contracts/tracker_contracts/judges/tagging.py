"""T1 to T4. That tags use up metric steps, T3 too, shows when the tags are left out."""

from __future__ import annotations

from collections.abc import Iterator

from tracker_contracts.judges.judge import judges
from tracker_contracts.judges.trace import Check, Trace


@judges("T1")
def tags_of_the_settings(trace: Trace) -> Iterator[Check]:
    """A tag of the settings is missing, changed, or there twice.

    Store each tag as it was given: not folded, trimmed, split at commas, or cut.
    """
    for pair, run in trace.kept:
        if not pair.expected.tags:
            continue
        given, stored = set(pair.expected.tags), set(run.tags)
        yield pair.same("the tags of the settings", stored & given, given)
        known = pair.expected.all_tags | trace.own_tags
        yield pair.same("no other tags", stored - known, set())
        twice = sorted(tag for tag in stored if run.tags.count(tag) > 1)
        yield pair.holds("tags are a set", not twice, f"stored twice: {twice[:5]}")


@judges("T2")
def names(trace: Trace) -> Iterator[Check]:
    """A run can't be found by its pipeline, pipeline run or step.

    Add the three names to the tags of each run, whatever the settings say.
    """
    for pair, run in trace.kept:
        always = set(pair.expected.names)
        yield pair.same("the names among the tags", set(run.tags) & always, always)
        if not pair.expected.tags:
            known = pair.expected.all_tags | trace.own_tags
            yield pair.same("no other step's names", set(run.tags) - known, set())


@judges("T3")
def no_metrics_of_its_own(trace: Trace) -> Iterator[Check]:
    """Tags, or what else is known of a run, are stored as metrics, or use up metric steps.

    Store tags where tags are stored; never log a row for them.
    """
    for pair, run in trace.kept:
        logged = {name for call in pair.expected.calls for name in (*call.values, *call.odd)}
        stored = {metric.name for metric in run.metrics}
        if logged <= stored | {name for name in logged if pair.naming(name)}:  # else one may have another name
            yield pair.same("no metrics that were not logged", stored - logged, set())


@judges("T4")
def late_tags(trace: Trace) -> Iterator[Check]:
    """A tag that the step itself adds is missing.

    Join new tags with those that the run has, and store both.
    """
    for pair, run in trace.kept:
        if pair.expected.late_tags:
            added = set(pair.expected.late_tags)
            yield pair.same("the tags that the step adds", set(run.tags) & added, added)
