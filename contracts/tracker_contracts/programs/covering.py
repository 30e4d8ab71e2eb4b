"""Covering arrays: as few programs as have every pair, or every triple, of values in them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import combinations

from testflows.combinatorics import Covering  # type: ignore[import-untyped]

from tracker_contracts.clauses import Driver
from tracker_contracts.programs.dimensions import Dimension, Values
from tracker_contracts.programs.program import Program


def covering(dimensions: Sequence[Dimension], strength: int, driver: Driver, seed: int | None = None) -> list[Program]:
    """Programs in which any `strength` dimensions have all their combinations of values.

    Args:
        dimensions: Those that vary; all others are plain.
        strength: How many are combined.
        driver: What executes the programs.
        seed: Which of the arrays that do it; without one, the same each time.
    """
    ordered = _shuffled(dimensions, seed)
    if strength == 1:
        return _each_in_turn(ordered, driver)
    # by number, since sets of texts, which the library makes, have another order in each process
    numbers = {column: list(range(len(each.values))) for column, each in enumerate(ordered)}
    rows = Covering(numbers, strength=min(strength, len(ordered)))
    found = [{ordered[column].name: ordered[column].values[row[column]] for column in row} for row in rows]
    return [Program.of(values, driver=driver) for values in [*found, *_uncovered(found, ordered)]]


def _each_in_turn(dimensions: Sequence[Dimension], driver: Driver) -> list[Program]:
    """Where no values are combined on purpose: the library would have the last value of most dimensions in most."""
    return [
        Program.of({each.name: each.values[row % len(each.values)] for each in dimensions}, driver=driver)
        for row in range(max(len(each.values) for each in dimensions))
    ]


def _uncovered(found: Sequence[Values], dimensions: Sequence[Dimension]) -> Iterator[Values]:
    """Steps of which one value hides what others mean, once more without that value, if those meet nowhere else."""
    for each in dimensions:
        for hiding, hidden in each.hides.items():
            others = [dimension for dimension in dimensions if dimension is not each]
            seen = {pair for values in found if values[each.name] != hiding for pair in _pairs_of(values, others)}
            for values in found:
                new = {pair for pair in _pairs_of(values, others) if hidden & {pair[0], pair[2]}} - seen
                if values[each.name] == hiding and new:
                    seen |= new
                    yield {**values, each.name: next(value for value in each.values if value != hiding)}


def pairs(programs: Sequence[Program], dimensions: Sequence[Dimension]) -> tuple[int, int]:
    """How many pairs of values occur in the programs, and how many there are."""
    seen = {pair for program in programs for step in program.steps for pair in _pairs_of(step, dimensions)}
    return len(seen), sum(len(one.values) * len(two.values) for one, two in combinations(dimensions, 2))


def _pairs_of(step: Values, dimensions: Sequence[Dimension]) -> list[tuple[str, str, str, str]]:
    values = [(each.name, step.get(each.name, each.plain)) for each in dimensions]
    return [(*one, *two) for one, two in combinations(values, 2)]


def _shuffled(dimensions: Sequence[Dimension], seed: int | None) -> list[Dimension]:
    if seed is None:
        return list(dimensions)
    chance = random.Random(seed)
    return [
        each.model_copy(update={"values": tuple(chance.sample(each.values, len(each.values)))}) for each in dimensions
    ]
