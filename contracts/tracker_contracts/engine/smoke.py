"""Tells a broken harness from a broken tracker, before any clause is tried."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from inspect import getfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from tracker_contracts.clauses import CLAUSES
from tracker_contracts.drivers.forkserver import LATE, STARTING
from tracker_contracts.drivers.outcome import Outcome
from tracker_contracts.harness import NON_FINITE_NAMES, HarnessBroken, Place, TrackerHarness, load
from tracker_contracts.observed import ObservedRun
from tracker_contracts.programs.plan import AddTags, AnyAction, LogMetrics, LogParams, StepPlan

NEEDED = {
    "nested": ("log_child",),
    "artifacts": ("log_artifact",),
    "media": ("log_image", "log_table"),
    "recovery": ("recover",),
    "reconciliation": ("reconcile",),
}
"""Methods that a declared feature needs."""
EVERYDAY = (LogMetrics(metrics={"smoke": 1.0}), LogParams(params={"smoke": 1}), AddTags(tags=["smoke"]))
"""What every harness can do in a step."""


def made(spec: str) -> TrackerHarness:
    """The harness, made.

    Raises:
        HarnessBroken: It can't be found, imported or made, or what it says of itself can't be.
    """
    with _blaming(f"{spec!r} can't be imported", "Give an installed name or package.module:Class."):
        try:
            found: Any = load(spec)
        except LookupError as unknown:
            raise HarnessBroken(str(unknown.args[0])) from unknown
    if not (isinstance(found, type) and issubclass(found, TrackerHarness)):
        raise HarnessBroken(f"{spec!r} is no subclass of tracker_contracts.harness.TrackerHarness.")
    with _blaming(f"{found.__name__} can't be made", "It must have all abstract methods, and an __init__ without any."):
        harness: TrackerHarness = found()
    _check_names(harness)
    return harness


def environment_of(harness: TrackerHarness, folder: Path) -> dict[str, str]:
    """The variables that the harness asks for.

    Raises:
        HarnessBroken: They aren't text, they come too late, or asking for them fails.
    """
    with _blaming("environment(folder) fails", "It must return a dict of text by name."):
        variables = dict(harness.environment(folder))
        if not all(isinstance(text, str) for pair in variables.items() for text in pair):
            raise TypeError(f"it returned {variables!r}")
    if late := sorted(name for name in variables if name.startswith(STARTING) and name not in LATE):
        raise HarnessBroken(
            f"environment(folder) sets {late[0]}, which Python reads when it starts. Export it instead."
        )
    return variables


@contextmanager
def started(harness: TrackerHarness, folder: Path) -> Iterator[None]:
    """The harness between its start and its stop.

    Raises:
        HarnessBroken: One of both fails.
    """
    with _blaming("start(folder) fails", "It must start what the backend needs, or do nothing."):
        harness.start(folder)
    try:
        yield
    except BaseException:
        with suppress(Exception):  # what went wrong before matters more
            harness.stop()
        raise
    with _blaming("stop() fails", "It must stop what start(folder) started, also if nothing ran."):
        harness.stop()


def smoke(harness: TrackerHarness, folder: Path) -> None:
    """Try one silent step and read what it left.

    Raises:
        HarnessBroken: The flavor, the configuration or the reader isn't what the harness says.
    """
    place = Place(folder, f"smoke-{uuid4().hex[:12]}")
    config = _configured(harness, place)
    if (found := _read(harness, place)) != []:
        raise HarnessBroken(f"read(place) must return [] for a place without runs, but it returned {found!r}.")
    _step(harness, place, config)
    found = _read(harness, place)
    if not (isinstance(found, list) and all(isinstance(run, ObservedRun) for run in found)):
        raise HarnessBroken(f"read(place) must return a list of ObservedRun, but it returned {found!r}.")
    _blame_for(_step(harness, place, config, *EVERYDAY), harness)


def _check_names(harness: TrackerHarness) -> None:
    for name in ("name", "flavor", "backend"):
        if not isinstance(value := getattr(harness, name, None), str) or not value:
            raise HarnessBroken(f"`{name}` must be set to some text, but it is {value!r}.")
    features = {clause.feature for clause in CLAUSES.values() if clause.feature}
    _check_known("features", harness.features, features)
    _check_known("known_gaps", harness.known_gaps, CLAUSES)
    _check_declared_numbers(harness)
    for feature in harness.features:
        for method in NEEDED.get(feature, ()):
            if getattr(type(harness), method) is getattr(TrackerHarness, method):
                raise HarnessBroken(f"The feature {feature!r} is declared, but {method} is not overridden.")


def _check_declared_numbers(harness: TrackerHarness) -> None:
    if not isinstance(harness.non_finite, (frozenset, set)):
        raise HarnessBroken(f"`non_finite` must be a frozenset of names, but it is {harness.non_finite!r}.")
    _check_known("non_finite", harness.non_finite, NON_FINITE_NAMES)


def _check_known(where: str, given: Any, known: Any) -> None:
    if unknown := sorted(set(given) - set(known)):
        raise HarnessBroken(f"`{where}` names {', '.join(unknown)}, but there are only {', '.join(sorted(known))}.")


def _configured(harness: TrackerHarness, place: Place) -> dict[str, Any]:
    from tracker_contracts.drivers.world import flavor_of

    with _blaming(f"The flavor {harness.flavor!r} can't be imported", "Set `flavor` to package.module.Class."):
        flavor = flavor_of(harness)
        known = flavor.config_class.model_fields
    for field in ("secret_field", "url_field"):
        if (name := getattr(harness, field)) is not None and name not in known:
            raise HarnessBroken(f"`{field}` is {name!r}, which is no field of {flavor.config_class.__name__}.")
    with _blaming("config(place) fails", "It must return a dict that the flavor's configuration class takes."):
        config = harness.config(place)
        flavor.config_class(**config)
    return config


def _read(harness: TrackerHarness, place: Place) -> Any:
    with _blaming("read(place) fails", "It must return the stored runs, and [] if there are none."):
        return harness.read(place)


def _step(harness: TrackerHarness, place: Place, config: dict[str, Any], *actions: AnyAction) -> Outcome:
    """Execute one step; a tracker that fails in it is found out by the clauses."""
    from tracker_contracts.drivers import direct
    from tracker_contracts.drivers.world import flavor_of

    with _blaming("The flavor's component can't be made", "Check `flavor` and config(place)."):
        driver = direct.make(harness, flavor_of(harness), place, config)
    return driver.run(StepPlan(step="smoke", actions=actions))


def _blame_for(outcome: Outcome, harness: TrackerHarness) -> None:
    """What the harness's own lines raised is its fault; what came from below them is the tracker's."""
    if outcome.raised is None or outcome.raised_by != "step":
        return
    last = traceback.extract_tb(outcome.raised.__traceback__)[-1]
    if last.filename in {getfile(base) for base in type(harness).__mro__ if issubclass(base, TrackerHarness)}:
        raise HarnessBroken(f"{last.name}(…) fails in a step. It must log as a user does.\n{_shortly(outcome.raised)}")


@contextmanager
def _blaming(what: str, how: str) -> Iterator[None]:
    """Whatever is raised inside is the harness's fault: what fails, and how it is mended."""
    try:
        yield
    except HarnessBroken:
        raise
    except Exception as error:
        raise HarnessBroken(f"{what}. {how}\n{_shortly(error)}") from error


def _shortly(error: BaseException) -> str:
    """The error, and the last place that it came from."""
    return "".join([*traceback.format_tb(error.__traceback__)[-1:], *traceback.format_exception_only(error)]).rstrip()
