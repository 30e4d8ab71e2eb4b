"""Where the runs of each experiment tracker go, and whether that answers and takes the token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from zenml.client import Client
from zenml.stack import StackComponent
from zenml.utils.pagination_utils import depaginate

from zenml_trackers.errors import TokenRefused, TrackerError, TrackerUnreachable, UnknownName
from zenml_trackers.losses import Redactor, Reporter
from zenml_trackers.model.naming import there_are
from zenml_trackers.port.bounded import bounded
from zenml_trackers.zenml.check import Check, State
from zenml_trackers.zenml.component import RunTracker
from zenml_trackers.zenml.library_checks import library_checks
from zenml_trackers.zenml.live_check import live_check
from zenml_trackers.zenml.trackers import KIND, of_flavor

if TYPE_CHECKING:
    from zenml.models import ComponentResponse, StackResponse

SECRETS = ("api_key", "hf_token", "username", "password")
ANY_PROJECT = "PIPELINE"
"""Stands for the name of a pipeline, where each has a project of its own."""
SECONDS = 5.0
"""How long the place of one component's runs may take to answer."""


def component_checks(
    flavors: list[str], stack: str | None = None, tracker: str | None = None, live: bool = False
) -> Iterator[Check]:
    """One for each tracker of these flavors, and one for a stack that has none.

    Args:
        flavors: Those of our flavors that can be used.
        stack: Check only the trackers of this stack.
        tracker: Check only this tracker.
        live: Whether to make a run on each that seems well, too.

    Raises:
        UnknownName: There is no such stack or tracker; the message lists those that there are.
    """
    if not flavors:
        return
    active = Client().active_stack_model
    looked_at = active if stack is None else _stack(stack)
    models = [model for flavor in flavors for model in of_flavor(flavor)]
    inside = [model for model in models if model.id in _ids_in(looked_at)]
    wanted = models if stack is None else inside
    if tracker is not None:
        wanted = [_named(tracker, wanted, stack)]
    yield from library_checks(wanted)
    for model in wanted:
        looked = _component(model, " (active stack)" if model.id in _ids_in(active) else "")
        yield looked
        if live and looked.state is State.OK:
            yield _live(model)
    if tracker is None and not inside:
        yield _gap(flavors, models, looked_at, "active stack" if stack is None else "stack")


def _gap(flavors: list[str], models: list[ComponentResponse], stack: StackResponse, name: str) -> Check:
    either = " or ".join(flavors)
    if not models:
        advice = f"Register one: `zenml experiment-tracker register NAME --flavor={flavors[0]}`."
        return Check("tracker", State.WARN, f"no experiment tracker has the flavor {either}", advice)
    change = "register NAME -o default -a default --set" if stack.name == "default" else f"update {stack.name}"
    advice = f"Steps can use one that is in the stack: `zenml stack {change} -e {models[0].name}`."
    return Check(name, State.WARN, f"{stack.name} has no tracker of the flavor {either}", advice)


def _ids_in(stack: StackResponse) -> set[UUID]:
    return {component.id for component in stack.components.get(KIND, [])}


def _stack(name: str) -> StackResponse:
    found = {stack.name: stack for stack in depaginate(Client().list_stacks, hydrate=True)}
    if name not in found:
        raise UnknownName(f"There is no stack {name!r}; {there_are(name, found)}")
    return found[name]


def _named(name: str, known: list[ComponentResponse], stack: str | None) -> ComponentResponse:
    by_name = {model.name: model for model in known}
    if name not in by_name:
        where = f" in the stack {stack!r}" if stack else ""
        raise UnknownName(f"There is no tracker {name!r} of zenml-trackers{where}; {there_are(name, by_name)}")
    return by_name[name]


def _component(model: ComponentResponse, mark: str) -> Check:
    name = f"tracker {model.name}"
    try:
        return Check(name, State.OK, _place(model), note=mark)
    except Exception as error:
        secrets = [str(model.configuration.get(field)) for field in SECRETS]
        safe = _without(secrets, error)
        return Check(name, State.FAIL, str(safe), _advice(safe, model), mark)


def _live(model: ComponentResponse) -> Check:
    try:
        return live_check(model)
    except Exception as error:
        safe = _without([str(model.configuration.get(field)) for field in SECRETS], error)
        return Check(f"run on {model.name}", State.FAIL, str(safe), _advice(safe, model))


def _place(model: ComponentResponse) -> str:
    """Where the component's runs go, after having seen that they can.

    Raises:
        TrackerError: They can't, and why.
    """
    component = cast(RunTracker, StackComponent.from_model(model))
    receivers = component.receivers(cast(Any, component.config))
    backends = [receiver.make(component.project_for(ANY_PROJECT)) for receiver in receivers]
    try:
        place = "; ".join(bounded(backend.check, SECONDS, "asking the tracker") for backend in backends)
    except Exception as error:
        raise _without([secret for each in backends for secret in each.secrets], error) from None
    in_url: str = getattr(backends[0], "project", ANY_PROJECT) if len(backends) == 1 else ANY_PROJECT
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
