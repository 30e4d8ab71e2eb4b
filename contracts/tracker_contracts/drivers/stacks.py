"""Stacks with the tracker under test, in the temporary store."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.models import FlavorUpdate
from zenml.stack import Flavor

TRACKER = StackComponentType.EXPERIMENT_TRACKER
ORCHESTRATOR = StackComponentType.ORCHESTRATOR
ARTIFACT_STORE = StackComponentType.ARTIFACT_STORE

_ensured: dict[tuple[StackComponentType, str], str] = {}
"""The flavors that the one temporary store of this process has, and whose they are."""


def ensure_flavor(client: Client, kind: StackComponentType, source: str, flavor: Flavor) -> None:
    """Make ZenML load `flavor`'s own classes for its name, even if it has a flavor of that name itself.

    Args:
        client: A client of the temporary store.
        kind: What the flavor is a flavor of.
        source: The flavor's class, as `package.module.Class`.
        flavor: That flavor.
    """
    if _ensured.get((kind, flavor.name)) == source:
        return
    known: Any = client.list_flavors(name=flavor.name, type=kind).items
    if not known:
        client.create_flavor(source, kind)
    elif not _loads(known[0], flavor):
        client.zen_store.update_flavor(known[0].id, FlavorUpdate(source=source))
    _ensured[kind, flavor.name] = source


def _loads(stored: Any, flavor: Flavor) -> bool:
    """Whether ZenML gets these very classes, by whatever name it knows them."""
    try:
        loaded = Flavor.from_model(stored)
        same = loaded.implementation_class is flavor.implementation_class
    except ImportError:  # ZenML's own, whose library is not installed
        return False
    return same and loaded.config_class is flavor.config_class


def create_stack(client: Client, flavor: Flavor, config: dict[str, Any], orchestrator: str) -> str:
    """A new stack with a new tracker of the same name; returns that name."""
    name = f"s-{uuid4().hex[:12]}"
    client.create_stack_component(name, flavor.name, TRACKER, config)
    client.create_stack(name, {ORCHESTRATOR: orchestrator, ARTIFACT_STORE: "default", TRACKER: name})
    return name
