"""The experiment trackers of our flavors that ZenML's store has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.stack import StackComponent
from zenml.utils.pagination_utils import depaginate

from zenml_trackers.delivery.journal import Header
from zenml_trackers.delivery.receiver import Receiver
from zenml_trackers.errors import UnknownName
from zenml_trackers.model.naming import there_are
from zenml_trackers.port.backend import Backend
from zenml_trackers.zenml import registration
from zenml_trackers.zenml.component import RunTracker

if TYPE_CHECKING:
    from zenml.models import ComponentResponse

KIND = StackComponentType.EXPERIMENT_TRACKER


def receivers_of(header: Header) -> Sequence[Receiver]:
    """The trackers of a journal, by the component that it is of; none if ZenML has that no more, or with others."""
    if header.component is None:
        return ()
    try:
        model = Client().get_stack_component(KIND, UUID(header.component))
    except (KeyError, ValueError):
        return ()
    component = cast(RunTracker, StackComponent.from_model(model))
    found = {receiver.url: receiver for receiver in component.receivers(cast(Any, component.config))}
    known = [found[url] for url in header.trackers if url in found]
    return known if len(known) == len(header.trackers) else ()


def backends(tracker: str | None = None) -> Iterator[Backend]:
    """Each project of each tracker, or of the one of that name.

    Raises:
        UnknownName: There is no such tracker; the message lists those that there are.
        TrackerError: A tracker can't be asked for its projects.
    """
    models = [model for own in registration.FLAVORS for model in of_flavor(own.name)]
    if tracker is not None and tracker not in {model.name for model in models}:
        names = [model.name for model in models]
        raise UnknownName(f"There is no experiment tracker {tracker!r} of our flavors; {there_are(tracker, names)}")
    for model in models:
        if tracker in (None, model.name):
            yield from _projects(cast(RunTracker, StackComponent.from_model(model)))


def _projects(component: RunTracker) -> Iterator[Backend]:
    for receiver in component.receivers(cast(Any, component.config)):
        backend = receiver.make(component.own_project or "default")
        backend.load()
        own = component.own_project
        for project in [own] if own else backend.projects() or []:
            yield receiver.make(project)


def of_flavor(flavor: str) -> list[ComponentResponse]:
    """The trackers of a flavor."""
    return list(depaginate(Client().list_stack_components, type=KIND, flavor=flavor, hydrate=True))
