"""How a broken tracker is made: the reference, with one of its classes replaced."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from tracker_contracts.harness import TrackerHarness
from tracker_contracts.reference.component import ReferenceTracker
from tracker_contracts.reference.config import ReferenceConfig
from tracker_contracts.reference.flavor import ReferenceFlavor
from tracker_contracts.reference.jot import Run
from tracker_contracts.reference.mutants.harness import ReferenceHarness
from tracker_contracts.reference.settings import ReferenceSettings

Part = TypeVar("Part", bound=type)


@dataclass(frozen=True)
class Mutant:
    """A tracker with one defect."""

    name: str
    """The defect."""
    clause: str
    """The clause that must find it."""
    defect: str
    """The defect, in a sentence."""
    harness: type[TrackerHarness]
    shows: tuple[str, ...] = ()
    """The values of a program that it needs, such as `ending=error`; none if it shows in many ways."""
    at: str = ""
    """The values of one program that shows it, if these are not all that it needs or can need."""
    full_disk: bool = False
    """Whether it shows on a full disk alone, which not every machine lets this process have."""

    @property
    def near(self) -> tuple[str, ...]:
        """The values of programs that show it, if any are known."""
        return self.shows or tuple(self.at.split())


declared: list[Mutant] = []


def breaks(
    clause: str, *shows: str, at: str = "", full_disk: bool = False, **declared_of_it: Any
) -> Callable[[Part], Part]:
    """Declare a class to be the reference's component, configuration, settings or library, with a defect.

    The class's name and docstring tell the defect. A flavor and a harness are made beside it, in its own module, since
    ZenML and fresh processes import them from there.

    Args:
        clause: The clause that must find the defect.
        shows: The values of a program that the defect needs, if one or two are enough to say so.
        at: The values of one of many programs that show it.
        full_disk: Whether it shows on a full disk alone.
        declared_of_it: What its harness declares, such as `non_finite`.
    """

    def declare(part: Part) -> Part:
        flavor = _beside(part, "Flavor", ReferenceFlavor, _members(part))
        facts = {"name": _spoken(part.__name__), "flavor": f"{part.__module__}.{flavor.__name__}"}
        harness = _beside(part, "Harness", ReferenceHarness, {**facts, **declared_of_it})
        declared.append(Mutant(facts["name"], clause, (part.__doc__ or "").strip(), harness, shows, at, full_disk))
        return part

    return declare


def _members(part: type) -> dict[str, Any]:
    """What of the flavor is replaced."""
    if issubclass(part, ReferenceConfig):
        return {"config_class": _constant(part)}
    return {"implementation_class": _constant(_component(part))}


def _component(part: type) -> type:
    if issubclass(part, Run):
        return _beside(part, "Tracker", ReferenceTracker, {"run_class": part})
    if issubclass(part, ReferenceSettings):
        return _beside(part, "Tracker", ReferenceTracker, {"settings_class": _constant(part)})
    return part


def _constant(value: Any) -> property:
    return property(lambda self: value)


def _beside(part: type, suffix: str, base: type, members: dict[str, Any]) -> type:
    made = type(part.__name__ + suffix, (base,), {"__module__": part.__module__, **members})
    setattr(sys.modules[part.__module__], made.__name__, made)
    return made


def _spoken(name: str) -> str:
    """`CutsErrorAt255` as `cuts_error_at_255`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", name).lower()
