"""What is tried: something that goes wrong, when, and how the step and its run have to end all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules

from tests.faults import cases
from tests.faults.scene import Scene
from tests.faults.tracker import TRACKERS, Tracker

ROWS = 100
"""What a step logs that nobody stops."""

Act = Callable[[Scene], None]
"""What is done from outside, to the process, the store or the server."""


def nothing(scene: Scene) -> None:
    """Leave all as it is."""


def _nothing_inside() -> None:
    pass


@dataclass(frozen=True)
class Fault:
    name: str
    kind: str
    """`process`, `store` or `server`."""
    step: str = "completed"
    """The status that ZenML has of the step in the end."""
    status: str = "finished"
    """That of the run, once the next step has brought what was left."""
    before: Act = nothing
    """Before the step's process begins."""
    during: Act = nothing
    """When the step has logged half of its rows, and waits for it."""
    after: Act = nothing
    """When the step's process has ended, before the next one begins."""
    inside: Callable[[], None] = _nothing_inside
    """What the step does itself, half of its rows being logged."""
    given: Callable[[], object] | None = None
    """What another step makes for it, if it has an input."""
    output: Callable[[], object] = int
    """What the step returns."""
    cuts: bool = False
    """Whether the step ends in its middle."""
    anywhere: bool = False
    """Whether it comes at any moment, and the step does not wait for it."""
    door: bool = False
    """Whether the step sees the server through a door that can misbehave."""
    named: bool = False
    """Whether the step knows the server by a name, which nobody knows until `after`."""
    secure: bool = False
    """Whether the step is to reach the server by HTTPS."""
    away: bool = False
    """Whether the tracker is still away when the next step ends, so that the journal keeps the rest."""
    mounted: bool = False
    """Whether the store needs a file system of its own."""
    relative: bool = False
    """Whether the tracker is told of its store by a relative path."""
    reconciled: bool = False
    """Whether it takes `zenml-trackers reconcile` to know how the step ended."""
    on: tuple[str, ...] = ()
    """Trackers, if it does not make sense on all of its kind."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """By the tracker's name: why nobody could do better there than what the cell has."""

    def trackers(self) -> Iterable[Tracker]:
        """Those that can have it."""
        possible = [each for each in TRACKERS.values() if self.kind in ("process", each.kind)]
        return [each for each in possible if not self.on or each.name in self.on]


NONE = Fault("none", "process")
"""What the others are measured by."""

_all: dict[str, Fault] = {}


def add(*faults: Fault) -> None:
    """Make them ones that are tried."""
    for fault in faults:
        assert fault.name not in _all, fault.name
        _all[fault.name] = fault


def all_faults() -> dict[str, Fault]:
    """By their names, those of a kind beside each other; first the one that is none."""
    if not _all:
        add(NONE)
        for module in sorted(each.name for each in iter_modules(cases.__path__, f"{cases.__name__}.")):
            import_module(module)
    return dict(_all)
