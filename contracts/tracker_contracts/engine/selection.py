"""Which programs a profile has executed: all pairs of values, then triples of those that interact, then chance."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence

from tracker_contracts.clauses import Driver
from tracker_contracts.profiles import Profile
from tracker_contracts.programs.covering import covering
from tracker_contracts.programs.dimensions import COMPANY, DIMENSIONS, MOMENT, STEP, Dimension
from tracker_contracts.programs.program import Program

EARLY = ("tags", "metadata", "run-name", "first", "native", "ending", "moment", "before", "beside", "attempt")
"""Dimensions that mean something for a step that ends early: of those, every pair of values occurs once more."""
INTERACTING = (("tags", "metadata", "run-name", "ending", "moment"), ("beside", "attempt", "ending"))
"""Dimensions of which `default` has every triple of values; settings are given or not, and no more than that."""
LENGTHS = (3, 6)
"""The fewest and the most steps of a random program."""
NAMED = 5
"""The most dimensions in which a step of a random program is not plain."""


def dimensions(driver: Driver, offered: Collection[str]) -> list[Dimension]:
    """Those that mean something under a driver.

    Args:
        driver: What executes the programs.
        offered: The tracker's features, the settings of its flavor, and `secret` if it takes credentials.
    """
    here = (each for each in DIMENSIONS.values() if driver in each.drivers)
    return [_offered(each, offered) for each in here if not each.about or each.about in offered]


def _offered(dimension: Dimension, offered: Collection[str]) -> Dimension:
    """With the values that the tracker can have."""
    values = tuple(each for each in dimension.values if dimension.needs.get(each, each) in (each, *offered))
    return dimension.model_copy(update={"values": values})


def programs(profile: Profile, driver: Driver, offered: Collection[str], seed: int | None = None) -> list[Program]:
    """The programs of a profile under a driver, each once: the plainest first, then those with the most that is new.

    Args:
        profile: How hard to try.
        driver: What executes them.
        offered: The tracker's features, the settings of its flavor, and `secret` if it takes credentials.
        seed: Which of all that would do; without one, the same each time.
    """
    found = _programs(profile, driver, dimensions(driver, offered), seed)
    return _news_first(list({str(program): program for program in found}.values()))


def _news_first(found: Sequence[Program]) -> list[Program]:
    """Every value occurs as early as can be, and then again: however few are executed, they try the most."""
    ordered = list(found[:1])
    left = [(program, {value for step in program.steps for value in step.items()}) for program in found[1:]]
    seen: set[tuple[str, str]] = set()
    while left:
        best = max(range(len(left)), key=lambda at: len(left[at][1] - seen))
        if seen and left[best][1] <= seen:
            seen.clear()
            continue
        program, values = left.pop(best)  # of which there may be none: chance makes steps that are all plain
        ordered.append(program)
        seen |= values
    return ordered


def _programs(profile: Profile, driver: Driver, among: Sequence[Dimension], seed: int | None) -> Iterator[Program]:
    strength = profile.combined.get(driver, 0)
    if strength == 0:
        return
    yield Program.of({}, driver=driver)
    yield from covering([each for each in among if each.name != MOMENT.name], strength, driver, seed)
    if driver is Driver.DIRECT:
        yield from covering(_few(among, EARLY), strength, driver, seed)
        for names in INTERACTING if profile.triples else ():
            yield from covering(_few(among, names), 3, driver, seed)
        yield from _random(profile.random, among, seed)


def _few(among: Sequence[Dimension], names: Collection[str]) -> list[Dimension]:
    """Some of the dimensions; settings are plain, or not given."""
    chosen = [each for each in among if each.name in names]
    return [each.model_copy(update={"values": each.values[:2]}) if each.about else each for each in chosen]


def _random(count: int, among: Sequence[Dimension], seed: int | None) -> Iterator[Program]:
    """Steps that follow each other, each plain in most respects; the company of a step is the others."""
    chance = random.Random(seed or 0)
    names = {each.name for each in (*STEP, MOMENT, *COMPANY[2:])}
    own = [each for each in among if each.name in names]
    for _ in range(count):
        yield Program.of(*(_step(own, chance) for _ in range(chance.randint(*LENGTHS))))


def _step(among: Sequence[Dimension], chance: random.Random) -> dict[str, str]:
    named = chance.sample(list(among), min(len(among), chance.randint(0, NAMED)))
    return {each.name: chance.choice(each.values) for each in named}
