"""Finds what keeps runs from their tracker: one check a cause, each with what was found and what to do about it."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import Enum
from importlib.metadata import metadata, requires, version
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.stack import StackComponent
from zenml.utils.pagination_utils import depaginate

from zenml_trackers.backend import Backend, backend_class, need_library
from zenml_trackers.deadline import bounded
from zenml_trackers.errors import BackendMissing, FlavorConflict, TokenRefused, TrackerError, TrackerUnreachable
from zenml_trackers.libraries import releases
from zenml_trackers.report import Redactor, Reporter
from zenml_trackers.url import TrackerUrl
from zenml_trackers.zenml import registration
from zenml_trackers.zenml.component import RunTracker
from zenml_trackers.zenml.registration import OwnFlavor

if TYPE_CHECKING:
    from zenml.models import ComponentResponse

PACKAGE = "zenml-trackers"
SECRETS = ("api_key", "hf_token", "username", "password")
ANY_PROJECT = "PIPELINE"
"""Stands for the name of a pipeline, where each has a project of its own."""
SECONDS = 5.0
"""How long the place of one component's runs may take to answer."""


class State(str, Enum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Check(NamedTuple):
    """What one check found, and what to do if that is not well."""

    name: str
    state: State
    found: str
    advice: str = ""


def diagnose() -> Iterator[Check]:
    """All checks, in the order in which one depends on the other; those that can't be made are left out."""
    yield _python()
    yield from (_installed(package) for package in (PACKAGE, "zenml"))
    for check in (_trackio, _store):
        result = check()
        yield result
        if result.state is State.FAIL:
            return
    flavors = {own: _flavor(own) for own in registration.FLAVORS}
    yield from flavors.values()
    yield from _components([own.name for own, found in flavors.items() if found.state is State.OK])


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
        return _library(backend_class("trackio"))
    except BackendMissing as error:
        return Check("trackio", State.FAIL, _release("trackio", "trackio"), str(error))


def _store() -> Check:
    try:
        store = Client().zen_store
        store.get_store_info()  # a server has to answer, and to take the login
    except Exception as error:
        return Check("ZenML store", State.FAIL, f"{type(error).__name__}: {error}", "Try `zenml status`.")
    return Check("ZenML store", State.OK, re.sub("//[^/@]*@", "//", store.url))


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


def _libraries(models: Iterable[ComponentResponse]) -> Iterator[Check]:
    """The libraries that the trackers use; Trackio was looked at before."""
    used = {place.backend for model in models for place in _places(model)}
    for name in sorted(used - {"trackio"}):
        with suppress(BackendMissing):  # of a backend that is not there its tracker tells
            if (backend := backend_class(name)).library:
                yield _library(backend)


def _places(model: ComponentResponse) -> list[TrackerUrl]:
    """The tracker URLs of a component; none if it can't be loaded, of which its own check tells."""
    with suppress(Exception):
        return list(getattr(StackComponent.from_model(model).config, "places", []))
    return []


def _library(backend: type[Backend]) -> Check:
    distribution = Requirement(backend.requires or backend.library).name
    found = _release(backend.library, distribution)
    try:
        need_library(backend)
    except BackendMissing as error:
        return Check(distribution, State.FAIL, found, str(error))
    return Check(distribution, State.OK, found)


def _release(module: str, distribution: str) -> str:
    found = releases(module, distribution)
    return found.get(distribution) or ", ".join(map(" ".join, found.items())) or "no release found"


def _components(flavors: list[str]) -> Iterator[Check]:
    kind = StackComponentType.EXPERIMENT_TRACKER
    models = [
        model
        for flavor in flavors
        for model in depaginate(Client().list_stack_components, type=kind, flavor=flavor, hydrate=True)
    ]
    stack = Client().active_stack_model
    active = {component.id for component in stack.components.get(kind, [])}
    yield from _libraries(models)
    for model in models:
        yield _component(model, " (active stack)" if model.id in active else "")
    either = " or ".join(flavors)
    if flavors and not models:
        advice = f"Register one: `zenml experiment-tracker register NAME --flavor={flavors[0]}`."
        yield Check("tracker", State.WARN, f"no experiment tracker has the flavor {either}", advice)
    elif models and not active & {model.id for model in models}:
        change = "register NAME -o default -a default --set" if stack.name == "default" else f"update {stack.name}"
        advice = f"Steps can use one that is in the stack: `zenml stack {change} -e {models[0].name}`."
        yield Check("active stack", State.WARN, f"{stack.name} has no tracker of the flavor {either}", advice)


def _component(model: ComponentResponse, mark: str) -> Check:
    name = f"tracker {model.name}{mark}"
    try:
        return Check(name, State.OK, _place(model))
    except Exception as error:
        secrets = [str(model.configuration.get(field)) for field in SECRETS]
        safe = _without(secrets, error)
        return Check(name, State.FAIL, str(safe), _advice(safe, model))


def _place(model: ComponentResponse) -> str:
    """Where the component's runs go, after having seen that they can.

    Raises:
        TrackerError: They can't, and why.
    """
    component = cast(RunTracker, StackComponent.from_model(model))
    backend = component.make_backend(component.project_for(ANY_PROJECT), cast(Any, component.config))
    try:
        place = bounded(backend.check, SECONDS, "asking the tracker")
    except Exception as error:
        raise _without(backend.secrets, error) from None
    in_url: str = getattr(backend, "project", ANY_PROJECT)
    return f"{place}; {_project(component.own_project or in_url, place)}"


def _project(name: str, place: str) -> str:
    if name != ANY_PROJECT:
        return f"project {name}"
    return "a project for each pipeline" + (f", in the place of {ANY_PROJECT}" if ANY_PROJECT in place else "")


def _without(secrets: Iterable[str], error: Exception) -> TrackerError:
    """The error as one of ours, without the secrets; references to secrets are none."""
    redact = Redactor(secret for secret in secrets if not secret.startswith("{{"))
    return Reporter("", redact, strict=True).named(error)


def _advice(error: TrackerError, model: ComponentResponse) -> str:
    update = f"`zenml experiment-tracker update {model.name}"
    address = next((field for field in ("base_url", "server_url") if model.configuration.get(field)), None)
    if isinstance(error, TokenRefused):
        return f"Give it a token that may write: {update} --api_key={{{{SECRET.KEY}}}}`."
    if isinstance(error, TrackerUnreachable) and address:
        return f"Start that server, or name another: {update} --{address}=URL`."
    return ""
