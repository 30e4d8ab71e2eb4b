"""How a component that makes no sense is refused: by ZenML's command in one line, elsewhere by a `ValueError`.

ZenML's command shows a traceback of fifty lines for every error but those of `click`, its library for commands. A ZenML
server answers a `ValueError` as what it is, a wrong request. Where nobody is told what to do, as in a step, an error
stays what it was.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import click
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from zenml_trackers.errors import InvalidSettings, TrackerError
from zenml_trackers.model.naming import did_you_mean
from zenml_trackers.zenml import fields

COMMANDS = "experiment-tracker"
"""The group of ZenML's commands that register, update and show experiment trackers."""
GIVEN = re.compile(r"--(\w+)=")
"""How these commands are given a field."""


@contextmanager
def refused(model: type[BaseModel]) -> Iterator[None]:
    """Tell of an error in this block as whoever asked for the component can take it.

    Args:
        model: The class of the component's configuration.

    Raises:
        ClickException: ZenML's command runs; it shows the message and nothing else.
        ValueError: Anything else runs.
    """
    try:
        yield
    except (TrackerError, ValueError) as error:
        if _command() is not None:
            raise click.ClickException(in_one_line(error, model)) from None
        if not isinstance(error, ValueError):
            raise InvalidSettings(str(error)) from error
        raise


def in_one_line(error: Exception, model: type[BaseModel]) -> str:
    """What is wrong, and the way out; pydantic's errors by the names of the fields of `model`."""
    if not isinstance(error, ValidationError):
        return _sentence(str(error))
    return " ".join(dict.fromkeys(_told(each, model) for each in error.errors(include_url=False)))


def need_known_fields(names: Collection[str], model: type[BaseModel]) -> None:
    """See that the configuration has fields of these names.

    Raises:
        InvalidSettings: It has not; the message says which name is near, or what there is.
    """
    for name in sorted(set(names) - model.model_fields.keys()):
        hint = did_you_mean(name, model.model_fields) or f"There are {', '.join(sorted(model.model_fields))}."
        raise InvalidSettings(f"{name!r} is no field of this tracker. {hint}")


def need_known_fields_in_command(model: type[BaseModel]) -> None:
    """See that ZenML's command, if it runs, was given no unknown field.

    From 0.91.1 on, ZenML looks for unknown fields before it makes the configuration, and shows a traceback.

    Raises:
        ClickException: It was given one.
    """
    if (command := _command()) is not None:
        with refused(model):
            need_known_fields(_fields_given_to(command), model)


def _command() -> click.Context | None:
    """ZenML's command for experiment trackers, if that is what runs."""
    running = context = click.get_current_context(silent=True)
    while context is not None:
        if context.command.name == COMMANDS:
            return running
        context = context.parent
    return None


def _fields_given_to(command: click.Context) -> set[str]:
    """The names in `--name=value`; ZenML takes one of these for an argument if the component's name comes last."""
    parameters = [value if isinstance(value, (list, tuple)) else [value] for value in command.params.values()]
    texts = [text for values in parameters for text in values if isinstance(text, str)]
    return {given[1] for text in texts if (given := GIVEN.match(text))}


def _told(error: ErrorDetails, model: type[BaseModel]) -> str:
    cause: Any = error.get("ctx", {}).get("error")
    name = str(error["loc"][0]) if error["loc"] else ""
    if isinstance(cause, Exception):
        said = _sentence(str(cause))
        return said if name in said else f"{name}: {said}"
    if name in model.model_fields:
        return fields.wanted(name, model.model_fields[name])
    return _sentence(f"{name}: {error['msg']}")


def _sentence(text: str) -> str:
    line = " ".join(text.splitlines())
    return line if line.endswith((".", "!", "?")) else f"{line}."
