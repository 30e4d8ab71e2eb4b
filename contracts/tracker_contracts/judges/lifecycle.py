"""L1 to L4, L8 and L9. What a step does to others, L5 to L7, shows when the others are left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tracker_contracts.judges.judge import judges
from tracker_contracts.judges.trace import Check, Pair, Trace
from tracker_contracts.model import Call
from tracker_contracts.observed import ObservedRun

TERMINAL = ("finished", "failed")
MOVED = {
    "folder": "the working directory",
    "home": "the environment",
    "locale": "the environment",
    "timezone": "the environment",
}
"""What a step itself changes."""


@judges("L1")
def one_run(trace: Trace) -> Iterator[Check]:
    """A step has no run, or several.

    Make the run in prepare, not at the first call that logs, and let nothing in the step or in cleanup make another.
    Never continue a run because its name is the same.
    """
    for pair in trace.pairs:
        if pair.prepared:
            yield pair.holds("the step's run", pair.run is not None, "the step was executed, and has no run")
    told = f"runs that are no step's: {', '.join(run.name for run in trace.foreign)}"
    yield Check("the number of runs", not trace.foreign, told)


@judges("L2")
def terminal(trace: Trace) -> Iterator[Check]:
    """After cleanup the run still counts as running, or the backend can't tell.

    Store the state in cleanup, after all else was delivered; if the backend has no place for it, choose one that users
    see.
    """
    for pair, run in trace.kept:
        yield pair.holds("the state is terminal", run.state in TERMINAL, f"the state is {run.state}")


@judges("L3")
def process_as_before(trace: Trace) -> Iterator[Check]:
    """A step changed the process for what comes after it, or its run is still the current one.

    Undo in cleanup all that prepare did, whether the step succeeded or not, and also if the step undid some of it.
    """
    own = {MOVED.get(pair.values.get("moves", "")) for pair in trace.pairs}
    for pair in trace.pairs:
        changed = [what for what in pair.outcome.changes if what not in own]
        yield pair.holds("the process is as before", not changed, f"cleanup left these otherwise: {', '.join(changed)}")


@judges("L4")
def all_is_there(trace: Trace) -> Iterator[Check]:
    """Something that was logged is not there when cleanup returns: it comes later, or its end never does.

    Let cleanup wait until the backend has all of it; closing a connection or a file is often not enough.
    """
    for pair, run in trace.kept:
        late = pair.later is not None and pair.later != run
        yield pair.holds("all is there at once", not late, "more was there a moment after cleanup had returned")
        cut = _lost_end(pair, run)
        yield pair.holds("the end of what was logged is there", not cut, f"lost is all from here on: {cut}")


def _lost_end(pair: Pair, run: ObservedRun) -> str:
    """Where the end of what was logged begins that is lost; empty if none is."""
    found = (told for name in pair.expected.metric_names if (told := lost_end(pair, run, name)))
    if told := next(found, ""):
        return told
    *earlier, last = pair.expected.calls or [None]
    if last and last.values and earlier and run.metrics and not any(run.series(name) for name in last.values):
        return "the last call"
    return ""


def lost_end(pair: Pair, run: ObservedRun, name: str) -> str:
    """Where the end of a metric begins that is lost; empty if its beginning is, or what was refused or came again.

    A value at a metric step that is stored already may have been taken for the same again, as may one that equals the
    one before; where something that was logged later is there, it is not the end that is lost. Those are other faults.
    """
    calls = [call for _, call in pair.expected.series(name)]
    promised = [repr(float(call.values[name])) for call in calls]
    stored = [repr(float(value)) for _, value in run.series(name)]
    there = len(stored)
    if not 0 < there < len(promised) or stored != promised[:there] or pair.naming(name):
        return ""
    again = calls[there].step is not None and calls[there].step in {call.step for call in calls[:there]}
    again = again or promised[there] == promised[there - 1] or _later_is_there(pair, run, calls[there])
    return "" if again else f"row {there + 1} of {len(promised)} of {name!r}"


def _later_is_there(pair: Pair, run: ObservedRun, lost: Call) -> bool:
    """Whether a metric is stored that was logged only after a lost call."""
    at = next(number for number, call in enumerate(pair.expected.calls) if call is lost)
    before = {name for call in pair.expected.calls[: at + 1] for name in call.values}
    return any(run.series(name) for name in pair.expected.metric_names if name not in before)


@judges("L8")
def attempts(trace: Trace) -> Iterator[Check]:
    """Attempts of one step share a run, or can't be told to be attempts of that step.

    Don't find the run of a step by its name or by its step run id: until ZenML 0.80 attempts share both.
    """
    by_step: defaultdict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in trace.pairs:
        if (plan := pair.expected.plan).retry_of:
            by_step[plan.step, plan.retry_of].append(pair)
    for tried in by_step.values():
        yield from _of_one_step(tried)


def _of_one_step(tried: Sequence[Pair]) -> Iterator[Check]:
    for pair in tried:
        if pair.run is not None and any(other.run and other.run.attempt is not None for other in tried):
            yield pair.same("the number of the attempt", pair.run.attempt, pair.attempt)
    steps = {pair.run.step for pair in tried if pair.run is not None}
    yield Check("attempts name one step", len(steps) <= 1, f"attempts of one step name {sorted(map(str, steps))}")
    ids = {pair.run.id for pair in tried if pair.run is not None}
    told = f"{len(tried)} attempts have {len(ids)} runs"
    yield Check("each attempt has a run of its own", len(ids) == len(tried), told)


@judges("L9")
def the_step_stands(trace: Trace) -> Iterator[Check]:
    """A step fails, or its own error is hidden, because of its tracker.

    Catch everything in all three hooks, and in the calls that log. Warn once, naming the step or the run whose data are
    lost.
    """
    for pair in trace.pairs:
        raised, own = pair.outcome.raised, pair.expected.raised
        told = f"{pair.outcome.raised_by} raised {raised!r}" if raised is not None else "nothing was raised"
        as_own = (type(raised), str(raised)) == (type(own), str(own)) and pair.outcome.raised_by in (None, "step")
        yield pair.holds("the step's result stands", as_own, told)
