"""The benchmarks themselves: what they measure, compare and tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import bounds, page
from tests.bench.case import Case, Pair, Result, Sample, Side
from tests.bench.cases import cases
from tests.bench.pairs import measured

NOTHING = Side("python", {"does": "pass"})
SLOWER = Side("python", {"does": "import time; time.sleep(0.2)"})
CASE = Case("Sleeping", SLOWER, NOTHING, "not sleeping", target=1.0, times=1)


def result_of(*ratios: float) -> Result:
    return Result(CASE, [Pair(Sample(ratio, 1.0, 0), Sample(1.0, 2.0, 0)) for ratio in ratios])


def test_what_takes_longer_is_found_to() -> None:
    result = measured(CASE, pairs=2)
    assert [pair.ours.seconds > 0.2 > pair.rival.seconds for pair in result.pairs] == [True, True]
    assert not result.is_met


def test_a_side_that_fails_is_an_error() -> None:
    broken = Case("Broken", Side("python", {"does": "1 / 0"}), NOTHING, "", target=1.0)
    with pytest.raises(RuntimeError, match="python with"):
        measured(broken, pairs=1)


def test_a_ratio_is_the_median_of_pairs() -> None:
    result = result_of(9.0, 1.0, 2.0)
    assert (result.ratio, result.quartiles, result.cpu) == (2.0, (1.5, 5.5), 0.5)


def test_the_table_marks_what_misses_its_target() -> None:
    told = page.text([result_of(0.5), result_of(2.0)])
    assert "| 0.50 " in told
    assert "| **2.00** " in told


def test_a_ratio_much_worse_than_its_bound_is_told(tmp_path: Path) -> None:
    file = tmp_path / "bounds.json"
    bounds.write(file, [result_of(1.0)])
    assert list(bounds.exceeded(file, [result_of(1.4)])) == []
    assert list(bounds.exceeded(file, [result_of(1.6)])) == ["Sleeping: 1.60, where it was 1.00"]
    file.write_text("{}")
    assert list(bounds.exceeded(file, [result_of(1.0)])) == ["Sleeping: there is no bound; add it with --write"]


def test_cases_have_names_of_their_own() -> None:
    names = [case.name for case in cases()]
    assert len(set(names)) == len(names)
    assert any(case.quick for case in cases())
