"""Programs are data: each value means something, every pair occurs, and a program's text says all of it."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from itertools import product

import pytest
from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.difference import difference
from tracker_contracts.engine.selection import dimensions, programs
from tracker_contracts.engine.shrink import smallest
from tracker_contracts.judges.blame import APART, blamed
from tracker_contracts.judges.judge import all_judges
from tracker_contracts.profiles import DEFAULT, QUICK
from tracker_contracts.programs.covering import pairs
from tracker_contracts.programs.dimensions import DIMENSIONS, MOMENT
from tracker_contracts.programs.program import Program
from tracker_contracts.programs.script import script

OFFERED = {"tags", "metadata", "run_name", "artifacts", "secret", "native finish", "native start"}
EVERY_VALUE = [(name, value) for name, each in DIMENSIONS.items() for value in each.values[1:]]


@cache
def quick(seed: int | None) -> list[Program]:
    """Those of `quick` for the driver that has the most."""
    return programs(QUICK, Driver.DIRECT, OFFERED, seed)


def actions(program: Program) -> list[object]:
    return [(group.how, planned.plan) for group in script(program) for planned in group.steps]


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_quick_has_every_pair_of_values_whatever_the_seed(seed: int | None) -> None:
    among = [each for each in dimensions(Driver.DIRECT, OFFERED) if each.name != MOMENT.name]
    seen, all_of_them = pairs(quick(seed), among)
    assert seen == all_of_them > 9000


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_each_pair_occurs_where_it_shows(seed: int | None) -> None:
    """A step without rows has metrics of any name, which nobody sees."""
    among = [each for each in dimensions(Driver.DIRECT, OFFERED) if each.name not in (MOMENT.name, "rows")]
    with_rows = [each for each in quick(seed) if each.steps[0].get("rows") != "0"]
    hidden = [each for each in among if each.name in DIMENSIONS["rows"].hides["0"]]
    for one, other in product(hidden, among):
        seen, all_of_them = pairs(with_rows, [one, other])
        assert one is other or seen == all_of_them


@pytest.mark.slow
def test_each_process_has_the_same_programs() -> None:
    code = "from tests.contract.test_programs import *; print(*programs(DEFAULT, Driver.DIRECT, OFFERED), sep='\\n')"
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"  # another than this process has
    variables = {**os.environ, "PYTHONHASHSEED": seed}
    made = subprocess.run([sys.executable, "-c", code], env=variables, stdout=subprocess.PIPE, check=True, text=True)
    assert made.stdout.splitlines() == list(map(str, programs(DEFAULT, Driver.DIRECT, OFFERED)))


def test_under_the_other_drivers_each_value_occurs() -> None:
    for driver in (Driver.PIPELINE, Driver.PROCESS):
        there = {pair for each in programs(DEFAULT, driver, OFFERED) for step in each.steps for pair in step.items()}
        wanted = {(each.name, value) for each in dimensions(driver, OFFERED) for value in each.values[1:]}
        assert wanted - {("moment", "at-once"), ("moment", "half-way")} == there


@pytest.mark.slow
def test_default_has_triples_and_programs_of_several_steps() -> None:
    quick, default = (programs(profile, Driver.DIRECT, OFFERED) for profile in (QUICK, DEFAULT))
    assert len(default) > len(quick)
    assert {len(each.steps) for each in default} == {1, 3, 4, 5, 6}


@pytest.mark.timeout(60)
def test_steps_that_chance_makes_all_plain_are_a_program_too() -> None:
    """As with the first seed, whose programs were put into an order for ever."""
    found = programs(DEFAULT, Driver.DIRECT, OFFERED, seed=1)
    assert any(len(each.steps) > 1 and not any(each.steps) for each in found)


@pytest.mark.slow
def test_what_is_not_offered_is_not_varied() -> None:
    named = {name for each in programs(QUICK, Driver.DIRECT, {"tags"}) for step in each.steps for name in step}
    assert named & {"metadata", "run-name", "artifact", "secret"} == set()
    assert "artifact" not in {
        step.get("last") for each in programs(QUICK, Driver.DIRECT, {"tags"}) for step in each.steps
    }
    assert "tags" in named


@pytest.mark.parametrize(("name", "value"), EVERY_VALUE)
def test_each_value_means_something(name: str, value: str) -> None:
    around = {"ending": "error"} if name == "moment" else {}
    assert actions(Program.of({**around, name: value})) != actions(Program.of(around)) or name == "secret"


@pytest.mark.parametrize("program", programs(DEFAULT, Driver.DIRECT, OFFERED)[::20], ids=str)
def test_a_program_is_read_from_its_text(program: Program) -> None:
    assert Program.parse(str(program)) == program


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tags=case", "the drivers are direct, pipeline, process"),
        ("direct: tag=case", "There is no dimension 'tag'; there are tags, metadata,"),
        ("direct: tags=kase", "tags has no value 'kase'; it has none, plain,"),
    ],
)
def test_a_text_that_is_no_program_is_told_with_what_there_is(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Program.parse(text)


@pytest.mark.parametrize("text", ["after=failed", "before=two", "rows=1 beside=failed", "attempt=third names=long"])
def test_what_a_step_of_the_company_shows_by_itself_is_no_matter_of_company(text: str) -> None:
    def shows(program: Program) -> bool:
        return any(planned.plan.fails for group in script(program) for planned in group.steps)

    assert smallest(Program.parse(f"direct: {text}"), shows) == Program.of({"ending": "error"})


def test_the_smallest_program_has_what_the_defect_needs_and_no_more() -> None:
    large = programs(QUICK, Driver.DIRECT, OFFERED)[40]
    [step] = large.steps
    needed = dict(list(step.items())[2:4])
    assert smallest(large, lambda program: needed.items() <= program.steps[0].items()) == Program.of(needed)


def test_of_several_steps_only_those_that_matter_stay() -> None:
    large = Program.of({"tags": "case"}, {"ending": "error", "rows": "0"}, {})
    shows = lambda program: any(step.get("ending") == "error" for step in program.steps)  # noqa: E731
    assert smallest(large, shows) == Program.of({"ending": "error"})


@pytest.mark.parametrize("text", ["ending=error before=failed", "rows=0 before=two", "beside=failed", "attempt=third"])
def test_what_a_failure_around_shows_alone_is_shown_alone(text: str) -> None:
    def shows(program: Program) -> bool:
        return any(planned.plan.fails for group in script(program) for planned in group.steps)

    assert smallest(Program.parse(f"direct: {text}"), shows) == Program.of({"ending": "error"})


@pytest.mark.parametrize(
    ("clause", "text", "to_blame"),
    [
        ("T1", "direct: tags=case", "T1"),
        ("T1", "direct: tags=case before=tagged", "L5"),
        ("M3", "direct: beside=finished", "L7"),
        ("M3", "direct: attempt=second", "L8"),
        ("L2", "direct: native=finish", "L6"),
        ("M2", "direct: first=start", "L6"),
        ("M2", "direct: moves=home", "L14"),
        ("M4", "direct: tags=plain", "T3"),
        ("F4", "direct: before=failed", "F4"),
        ("M2", "direct: params=plain | plainest", "L5"),
    ],
)
def test_the_smallest_program_says_who_is_to_blame(clause: str, text: str, to_blame: str) -> None:
    assert blamed(clause, Program.parse(text)) == to_blame


def test_blame_falls_on_clauses_that_there_are() -> None:
    assert set(APART.values()) <= set(CLAUSES)
    assert set(all_judges()) <= set(CLAUSES)


@pytest.mark.parametrize(
    ("stored", "promised", "told"),
    [
        ({"a", "b"}, {"b", "c"}, "missing: \"'c'\"; too much: \"'a'\""),
        ([1, 2, 3], [1, 5, 3], "1 of 3 differ; the first at 1: stored 2, should be 5"),
        ([1], [1, 2], "stored are 1, should be 2; missing: 2"),
        ({"a": 1}, {"a": 2, "b": 3}, "missing: 'b': 3; differs: 'a': stored 1, should be 2"),
        ("running", "failed", "stored 'running', should be 'failed'"),
    ],
)
def test_a_difference_is_told_in_a_line(stored: object, promised: object, told: str) -> None:
    assert difference(stored, promised).replace('"', "") == told.replace('"', "")


def test_a_long_value_is_told_short() -> None:
    assert len(difference("x" * 10_000, "y")) < 200
