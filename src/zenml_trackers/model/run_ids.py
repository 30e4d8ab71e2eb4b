"""Ids of runs, which may be given by their beginning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from zenml_trackers.errors import RunNotFound
from zenml_trackers.model.stored import StoredRun

SHORTEST = 8
"""Characters of an id that are shown at least."""
MOST_SHOWN = 10
"""Runs that an error lists."""


def short_ids(ids: Sequence[str]) -> list[str]:
    """Each id cut to as many characters as tell all of them apart; an id that another one begins with stays whole."""
    pairs = zip(sorted(ids), sorted(ids)[1:], strict=False)
    needed = max((_common(*pair) + 1 for pair in pairs), default=0)
    return [id[: max(needed, SHORTEST)] for id in ids]


def may_be(run: StoredRun, asked: Iterable[str]) -> bool:
    """Whether the run's id begins with one of those that were asked for."""
    return any(run.id.startswith(id) for id in asked)


def chosen(asked: str, runs: Collection[StoredRun], url: str) -> StoredRun:
    """The run of this id, or else the one whose id begins with it.

    Raises:
        RunNotFound: There is none, or several; the message lists these.
    """
    found = [run for run in runs if run.id == asked] or [run for run in runs if run.id.startswith(asked)]
    if not found:
        raise RunNotFound(f"{url} has no run with the id {asked!r}; `zenml-trackers runs` lists all.")
    if len(found) > 1:
        raise RunNotFound(f"The id {asked!r} may be that of several runs at {url}: {_listed(found)}. Write more of it.")
    return found[0]


def _listed(runs: Sequence[StoredRun]) -> str:
    short = short_ids([run.id for run in runs])
    named = [f"{id} ({run.name})" for id, run in zip(short, runs, strict=True)]
    more = len(named) - MOST_SHOWN
    return ", ".join(named[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
