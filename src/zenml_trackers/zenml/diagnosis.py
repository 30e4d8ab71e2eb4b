"""Finds what keeps runs from their tracker: one check a cause, each with what was found and what to do about it."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import metadata, requires, version

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from zenml_trackers.errors import BackendMissing, FlavorConflict, StoreUnreachable
from zenml_trackers.port.backend import backend_class
from zenml_trackers.zenml import registration, store
from zenml_trackers.zenml.check import Check, State
from zenml_trackers.zenml.component_checks import component_checks
from zenml_trackers.zenml.library_checks import library_check, release_of
from zenml_trackers.zenml.registration import OwnFlavor

PACKAGE = "zenml-trackers"


def diagnose(stack: str | None = None, tracker: str | None = None, live: bool = False) -> Iterator[Check]:
    """All checks, in the order in which one depends on the other; those that can't be made are left out.

    Args:
        stack: Check only the trackers of this stack.
        tracker: Check only this tracker.
        live: Whether to make a run on each tracker, too.

    Raises:
        UnknownName: There is no such stack or tracker; the message lists those that there are.
    """
    yield _python()
    yield from (_installed(package) for package in (PACKAGE, "zenml"))
    for check in (_trackio, _store):
        result = check()
        yield result
        if result.state is State.FAIL:
            return
    flavors = {own: _flavor(own) for own in registration.FLAVORS}
    yield from flavors.values()
    usable = [own.name for own, found in flavors.items() if found.state is State.OK]
    yield from component_checks(usable, stack, tracker, live)


def _python() -> Check:
    found = platform.python_version()
    for package in (PACKAGE, "zenml", "trackio"):
        wanted = metadata(package)["Requires-Python"] or ""
        if not SpecifierSet(wanted).contains(found, prereleases=True):
            return Check("Python", State.WARN, found, f"The installed {package} is made for Python {wanted}.")
    return Check("Python", State.OK, found)


def _installed(package: str) -> Check:
    found = version(package)
    for line in requires(PACKAGE) or ():
        wanted = Requirement(line)
        if wanted.name == package and not wanted.marker and not wanted.specifier.contains(found, prereleases=True):
            return Check(package, State.WARN, found, f"{PACKAGE} is made for {wanted}; install such a release.")
    return Check(package, State.OK, found)


def _trackio() -> Check:
    try:
        return library_check(backend_class("trackio"))
    except BackendMissing as error:
        return Check("trackio", State.FAIL, release_of("trackio", "trackio"), str(error))


def _store() -> Check:
    try:
        found = store.reached()
    except StoreUnreachable as error:
        return Check("ZenML store", State.FAIL, str(error))
    return Check("ZenML store", State.OK, store.shown(found.url))


def _flavor(own: OwnFlavor) -> Check:
    name = f"flavor {own.name}"
    stored = registration.stored_flavor(own)
    if stored is None:
        state = State.FAIL if own is registration.TRACKIO else State.WARN
        return Check(name, state, "not registered", "To use it, run `zenml-trackers register`.")
    found = f"registered as {stored.source}"
    try:
        flavor = registration.loaded(own, stored)
        found = f"loads {flavor.config_class.__module__}.{flavor.config_class.__name__}"
        registration.need_ours(own, stored, flavor)
    except FlavorConflict as error:
        return Check(name, State.FAIL, found, str(error))
    return Check(name, State.OK, found)
