"""M1 to M8."""

from __future__ import annotations

import ctypes
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tracker_contracts.harness import TrackerHarness
from tracker_contracts.judges.judge import judges
from tracker_contracts.judges.lifecycle import lost_end
from tracker_contracts.judges.trace import Check, Pair, Trace
from tracker_contracts.model import Call, without_none
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.vocabulary import METRIC_NAMES

REFUSABLE = frozenset(name for kind in ("reserved", "unicode", "blanks", "punctuation") for name in METRIC_NAMES[kind])
"""Names of metrics that a backend may refuse, with a warning that names them."""
FARTHEST_FOR_ALL = 2**31
"""From this metric step on a backend may refuse a value, by name."""


@judges("M1")
def metadata_at_the_start(trace: Trace) -> Iterator[Check]:
    """While the step runs, a reader does not see the metadata of its settings; if it dies, they are lost.

    Deliver the run with its metadata in prepare, and wait until the backend has them.
    """
    for pair, run in trace.kept:
        if pair.at_start is not None and pair.expected.metadata:
            seen = next((each.metadata for each in pair.at_start if each.id == run.id), None)
            yield pair.holds("the run at the step's first line", seen is not None, "there is no run yet")
            if seen is not None:
                ours, later = (_of_settings(pair, metadata) for metadata in (seen, run.metadata))
                yield _equal(pair, "the metadata at the step's first line", ours, later)  # in what form, M2 says


def _of_settings(pair: Pair, metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if name in pair.expected.metadata}


@judges("M2")
def round_trip(trace: Trace) -> Iterator[Check]:
    """Params or metadata are read back in another form, with other types, or not at all.

    Store them as JSON, or in a flattened form that the documentation tells and the harness's `as_stored` repeats.
    """
    for pair, run in trace.kept:
        params = {name: value for name, value in run.params.items() if name not in pair.expected.odd_params}
        yield _equal(pair, "the params", params, pair.expected.params)
        if "metadata" in trace.settings:
            stored = without_none(run.metadata) if pair.expected.by_zenml else run.metadata
            yield _equal(pair, "the metadata", stored, pair.expected.metadata)


@judges("M3")
def values(trace: Trace) -> Iterator[Check]:
    """A metric is rounded, cut, renamed, stored in another order, or missing.

    Pass name and number on as they are; a harness whose backend keeps 32 bits says so by `precision`, and one whose
    backend keeps no sign of zero by `signed_zero`.
    """
    for pair, run in trace.kept:
        for name in pair.expected.metric_names:
            promised = [
                _bits(call.values[name], trace.harness) for _, call in _stored_calls(pair, run, name, trace.harness)
            ]
            stored = [_bits(value, trace.harness) for _, value in run.series(name)]
            refused = not stored and name in REFUSABLE and pair.naming(name)
            if not refused and not lost_end(pair, run, name):  # which is L4's affair
                yield pair.same("the values of a metric", stored, promised)
            for kind in _refused_kinds(pair, name, trace.harness):
                told = f"{name!r} has the value {kind}, which is not stored, and no warning names it"
                yield pair.holds("a value that is not stored is named", bool(pair.naming(name)), told)


@judges("M4")
def steps(trace: Trace) -> Iterator[Check]:
    """A value is stored at another metric step than it was logged at.

    Keep a given step; without one, take the next after the last. What is refused uses up none.
    """
    for pair, run in trace.kept:
        seen = _steps_of_calls(pair, run, trace.harness)
        if seen is None:
            continue  # a value is missing, which is for M3 to say
        wrong = _first_wrong_step(seen)
        yield pair.holds("the metric steps", not wrong, wrong)


@judges("M5")
def the_rest_is_stored(trace: Trace) -> Iterator[Check]:
    """One value that can't be stored takes others with it, or disappears in silence.

    Check each value by itself, store what can be stored, and warn once with the name of what can't.
    """
    for pair, run in trace.kept:
        for name in _odd(pair):
            stored = bool(run.series(name))
            yield pair.same(f"one warning of {name}", len(pair.naming(name)), 0 if stored else 1)
        for name in pair.expected.odd_params:
            named, stored = len(pair.naming(name)), name in run.params
            fine = named == 1 or (stored and named == 0)  # what is stored in another form may be named, too
            told = f"{named} warnings name {name!r}, which is {'stored' if stored else 'not stored'}"
            yield pair.holds(f"{name} is stored, or named by one warning", fine, told)
        if _odd(pair) or pair.expected.odd_params:
            beside = {name for call in pair.expected.calls if call.odd for name in call.values}
            lost = sorted(name for name in beside if not run.series(name))
            lost += [name for name in ("beside", "behind") if pair.expected.odd_params and name not in _tops(run)]
            yield pair.holds("the rest of the payload", not lost, f"lost with what can't be stored: {lost}")


@judges("M6")
def run_name(trace: Trace) -> Iterator[Check]:
    """A run has another name than its settings say, or than its pipeline run and step.

    Tell runs apart by id and never by name.
    """
    for pair, run in trace.kept:
        yield pair.same("the run's name", run.name, pair.expected.name)
    named = Counter(pair.expected.name for pair in trace.pairs if pair.prepared)
    stored = Counter(run.name for run in trace.runs)
    for name, count in named.items():
        if count > 1:
            told = f"{count} steps' runs are called {name!r}, and {stored[name]} are stored"
            yield Check("runs of one name stay apart", stored[name] >= count, told)


@judges("M7")
def zenml_finds_the_run(trace: Trace) -> Iterator[Check]:
    """From ZenML's step, the run in the backend can't be found.

    Return the run's id and name from `get_step_run_metadata`, for each step its own.
    """
    for pair, run in trace.kept:
        told = {str(value) for value in pair.outcome.metadata.values()}
        missing = [what for what, value in (("id", run.id), ("name", run.name)) if value not in told]
        yield pair.holds("the run in ZenML's metadata", not missing, f"the run's {' and '.join(missing)} is not there")


@judges("M8")
def artifacts(trace: Trace) -> Iterator[Check]:
    """A file or folder that was logged is missing, changed, or under another name.

    Upload in binary, keep paths inside a folder, and wait in cleanup until all is there.
    """
    for pair, run in trace.kept:
        if pair.expected.artifacts:
            stored = {name: data for name, data in run.artifacts.items() if name in pair.expected.artifacts}
            yield pair.same("the files", stored, dict(pair.expected.artifacts))


def _equal(pair: Pair, topic: str, stored: Any, promised: Any) -> Check:
    """Unlike with `==`, `True`, `1` and `1.0` differ, and so do `0.0` and `-0.0`."""
    check = pair.same(topic, stored, promised)
    exact = json.dumps(stored, sort_keys=True) == json.dumps(promised, sort_keys=True)
    if exact == check.holds:
        return check
    return pair.holds(topic, exact, "a value has another type than it was given")


def _bits(value: float, harness: TrackerHarness) -> str:
    """All bits of a number, as far as the backend promises to keep them: no two have one text, but for NaN."""
    kept = ctypes.c_float(value).value if harness.precision == 32 else float(value)
    if kept == 0 and not harness.signed_zero:
        kept = 0.0
    return repr(kept)


def _storable(value: float, harness: TrackerHarness) -> bool:
    return math.isfinite(value) or repr(float(value)) in harness.non_finite


def _stored_calls(pair: Pair, run: ObservedRun, name: str, harness: TrackerHarness) -> list[tuple[int, Call]]:
    """The calls whose value must be there: not what the backend says it refuses, nor metric steps out of its reach."""
    calls = [(number, call) for number, call in pair.expected.series(name) if _storable(call.values[name], harness)]
    near = [(number, call) for number, call in calls if call.step is None or call.step < FARTHEST_FOR_ALL]
    far_refused = len(near) < len(calls) and len(run.series(name)) == len(near) and bool(pair.naming(name))
    return near if far_refused else calls


def _refused_kinds(pair: Pair, name: str, harness: TrackerHarness) -> set[str]:
    found = (call.values[name] for _, call in pair.expected.series(name))
    return {repr(float(value)) for value in found if not _storable(value, harness)}


def _steps_of_calls(pair: Pair, run: ObservedRun, harness: TrackerHarness) -> list[tuple[Call, int | None]] | None:
    """For each call the step at which it is stored; None for one that stores nothing. None at all: some are missing."""
    at: dict[int, int] = {}
    for name in pair.expected.metric_names:
        calls, stored = _stored_calls(pair, run, name, harness), run.series(name)
        if len(calls) != len(stored):
            if not stored and pair.naming(name):
                continue
            return None
        at.update((number, step) for (number, _), (step, _) in zip(calls, stored, strict=True))
    return [(call, at.get(number)) for number, call in enumerate(pair.expected.calls)]


def _first_wrong_step(seen: list[tuple[Call, int | None]]) -> str:
    """After steps out of order, "the last" is the latest or the highest; the first step may be 0 or 1."""
    latest = highest = None
    for call, step in seen:
        if step is None:
            continue
        following = {0, 1} if latest is None or highest is None else {latest + 1, highest + 1}
        if step not in (following if call.step is None else {call.step}):
            given = "no step" if call.step is None else f"step {call.step}"
            return f"logged at {given} after step {latest}, stored at step {step}"
        latest, highest = step, step if highest is None else max(highest, step)
    return ""


def _odd(pair: Pair) -> list[str]:
    return list(dict.fromkeys(name for call in pair.expected.calls for name in call.odd))


def _tops(run: ObservedRun) -> set[str]:
    """The params' first names, also where a backend flattens them."""
    return {separated.split("/")[0].split(".")[0] for separated in run.params}
