"""Series as lines of blocks, whatever is in them."""

from __future__ import annotations

import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenml_trackers.cli.sparkline import BLOCKS, NO_NUMBER, sparkline

LARGEST = sys.float_info.max


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], ""),
        ([3], "▅"),
        ([0.1] * 4, "▅▅▅▅"),
        ([0, 1], "▁█"),
        ([0, 1, 2, 3, 4, 5, 6, 7], BLOCKS),
        ([True, False], "█▁"),
        ([0, math.nan, 7], "▁!█"),
        ([0, math.inf, -math.inf, 7], "▁!!█"),
        ([math.nan], "!"),
        ([-LARGEST, 0.0, LARGEST], "▁▅█"),
        ([0.0, 5e-324], "▁█"),
        ([10**400, 1], "!▅"),
    ],
)
def test_each_value_has_its_block(values, shown):
    assert sparkline(values, 10) == shown


def test_more_values_than_columns_are_binned_to_their_means():
    assert sparkline([0, 0, 0, 7, 7, 7], 2) == "▁█"
    assert sparkline([0, 6, 1, 7], 2) == "▁█"
    assert sparkline(list(range(1000)), 8) == BLOCKS


def test_a_constant_series_is_level_however_it_is_binned():
    assert set(sparkline([0.1] * 1003, 40)) == {"▅"}


def test_one_nan_among_many_values_is_seen():
    assert sparkline([1.0] * 500 + [math.nan] + [1.0] * 500, 11).count(NO_NUMBER) == 1


@given(
    values=st.lists(st.floats() | st.integers() | st.booleans(), max_size=200),
    width=st.integers(min_value=1, max_value=50),
)
def test_no_series_is_too_much(values, width):
    shown = sparkline(values, width)
    assert len(shown) == min(len(values), width)
    assert set(shown) <= {*BLOCKS, NO_NUMBER}
