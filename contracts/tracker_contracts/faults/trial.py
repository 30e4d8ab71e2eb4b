"""Trials: functions that try one clause on a world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import getdoc
from typing import Any

from hypothesis.strategies import SearchStrategy

from tracker_contracts.clauses import CLAUSES, Clause, Driver

SUITES = (
    "lifecycle",
    "children",
    "trouble",
    "tagging",
    "metadata",
    "failure",
    "url",
    "security",
    "process",
    "pipelines",
    "machine",
    "values",
    "port",
)

Body = Callable[..., None]


@dataclass(frozen=True)
class Trial:
    """One function that tries one clause, with the drivers that it is meant for."""

    clause: Clause
    body: Body
    strategies: Mapping[str, SearchStrategy[Any]]
    """What Hypothesis gives the function beside the world; with none it is called once."""
    drivers: tuple[Driver, ...]

    @property
    def name(self) -> str:
        """The function's own name, which says what is tried."""
        return self.body.__name__

    @property
    def meaning(self) -> str:
        """What a failure means and how it is mended."""
        return getdoc(self.body) or ""


_trials: list[Trial] = []


def trial(clause: str, *drivers: Driver, **strategies: SearchStrategy[Any]) -> Callable[[Body], Body]:
    """Declare a function as a trial of a clause.

    The function takes the world first, then by name what each strategy draws. Its docstring tells an adopter what a
    failure means and how to mend it.

    Args:
        clause: The clause's id.
        drivers: Those that the function is meant for; without any, all that the clause names.
        strategies: What Hypothesis draws for the function's other parameters.
    """

    def declare(body: Body) -> Body:
        named = CLAUSES[clause]
        _trials.append(Trial(named, body, strategies, drivers or named.drivers))
        return body

    return declare


@cache
def trials() -> tuple[Trial, ...]:
    """All trials, in the order of the contract."""
    for suite in SUITES:
        import_module(f"tracker_contracts.faults.{suite}")
    order = list(CLAUSES)
    return tuple(sorted(_trials, key=lambda each: order.index(each.clause.id)))


def trials_of(clause: str) -> Iterator[Trial]:
    """The trials of one clause."""
    return (each for each in trials() if each.clause.id == clause)
