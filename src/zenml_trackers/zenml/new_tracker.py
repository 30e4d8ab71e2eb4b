"""Registers an experiment tracker in the active ZenML store, and says what comes next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from zenml.cli.utils import expand_argument_value_from_file
from zenml.client import Client
from zenml.enums import StackComponentType
from zenml.exceptions import EntityExistsError

from zenml_trackers.errors import InvalidSettings
from zenml_trackers.zenml import refusal, registration
from zenml_trackers.zenml.registration import OwnFlavor


def register(name: str, own: OwnFlavor, fields: Mapping[str, str]) -> Iterator[str]:
    """Register the tracker, and its flavor if need be, as ZenML's command does. Says what was done, and what is next.

    Args:
        name: What the tracker is called in ZenML.
        own: Its flavor.
        fields: Its configuration as on a command line: all of it text, lists and maps as JSON, `@file` for what a file
            has.

    Raises:
        FlavorConflict: The flavor's name leads to another class than ours.
        InvalidSettings: The tracker makes no sense, or there is one of that name.
    """
    if done := registration.made_usable(own):
        yield done
    _create(name, own, fields)
    yield f"Registered the experiment tracker {name!r} of the flavor {own.name!r}."
    yield f"Put it in a stack: {_next_command(name)}"


def _create(name: str, own: OwnFlavor, fields: Mapping[str, str]) -> None:
    kind: Any = own.kind().config_class
    try:
        given = {field: expand_argument_value_from_file(field, value) for field, value in fields.items()}
        kind(**given)  # ZenML would refuse an unknown field without a word on what there is
        Client().create_stack_component(name, own.name, StackComponentType.EXPERIMENT_TRACKER, given)
    except EntityExistsError:
        raise InvalidSettings(
            f"There is an experiment tracker {name!r} already. Choose another name, or change that one with "
            f"`zenml experiment-tracker update {shlex.quote(name)} --FIELD=VALUE`."
        ) from None
    except ValueError as error:
        raise InvalidSettings(refusal.in_one_line(error, kind)) from None


def _next_command(name: str) -> str:
    """The command that makes a stack with the tracker, of the parts that the active stack has."""
    parts = Client().active_stack_model.components
    [orchestrator, *_] = parts[StackComponentType.ORCHESTRATOR]
    [artifacts, *_] = parts[StackComponentType.ARTIFACT_STORE]
    words = ["-e", name, "-o", orchestrator.name, "-a", artifacts.name, "--set"]
    return shlex.join(["zenml", "stack", "register", f"{name}_stack", *words])
