"""The broken trackers cover what programs can be: each value of each dimension, and pairs of them."""

from __future__ import annotations

from tracker_contracts.programs.dimensions import DIMENSIONS
from tracker_contracts.reference.mutants.catalogue import MUTANTS

EVERY_VALUE = {f"{name}={value}" for name, each in DIMENSIONS.items() for value in each.values[1:]}
WITHOUT_A_DEFECT = {
    "run-name=taken": "alone it is a name like another; with those who have it too, it is in two pairs",
    "moment=half-way": "a step that returns does all of its work; with a failure, it is in a pair",
}
"""Values that no tracker can mistake by themselves, and why."""
FEWEST_PAIRS = 40


def test_a_broken_tracker_shows_at_each_value_of_each_dimension():
    alone = {mutant.shows[0] for mutant in MUTANTS if len(mutant.shows) == 1}
    assert alone == EVERY_VALUE - WITHOUT_A_DEFECT.keys()


def test_broken_trackers_show_where_two_values_meet():
    pairs = [mutant.shows for mutant in MUTANTS if len(mutant.shows) == 2]
    assert len(set(pairs)) == len(pairs) >= FEWEST_PAIRS
    assert {value for pair in pairs for value in pair} >= WITHOUT_A_DEFECT.keys()


def test_a_broken_tracker_shows_at_values_that_there_are():
    assert {value for mutant in MUTANTS for value in mutant.shows} <= EVERY_VALUE
