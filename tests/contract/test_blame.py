"""What one program shows of a broken tracker: each defect is found by the clause that it breaks, and by no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tracker_contracts.clauses import Driver
from tracker_contracts.drivers.expect import Tally, tally
from tracker_contracts.drivers.world import World
from tracker_contracts.engine.execute import Stage
from tracker_contracts.engine.reader import Reader
from tracker_contracts.engine.showed import advice_for
from tracker_contracts.judges.blame import shown_by_programs
from tracker_contracts.judges.judge import judged
from tracker_contracts.programs.program import Program
from tracker_contracts.reference.mutants.catalogue import MUTANTS

NAMED = {mutant.name: mutant for mutant in MUTANTS}


@pytest.fixture
def reader() -> Iterator[Reader]:
    with closing(Reader()) as reader:
        yield reader


def stage_of(name: str, folder: Path, reader: Reader) -> Stage:
    tally.set(Tally())
    return Stage(World(NAMED[name].harness(), Driver.DIRECT, folder), reader, looks=0)


def broken(stage: Stage, text: str) -> set[str]:
    return {clause for clause, check in judged(stage.execute(Program.parse(text))) if not check.holds}


@pytest.mark.parametrize(
    ("name", "text", "clauses"),
    [
        ("drops_last_row_on_finish", "direct: last=nothing", {"L4"}),
        ("drops_what_did_not_change", "direct: numbers=equal last=nothing", {"M3"}),
        ("drops_steps_that_fall", "direct: at=falling", {"M3"}),
    ],
)
def test_a_value_that_is_lost_is_no_end_that_is_lost(
    name: str, text: str, clauses: set[str], tmp_path: Path, reader: Reader
) -> None:
    assert broken(stage_of(name, tmp_path, reader), text) == clauses


def test_what_is_left_in_the_environment_shows_in_each_program(tmp_path: Path, reader: Reader) -> None:
    stage = stage_of("keeps_the_token_for_later", tmp_path, reader)
    assert broken(stage, "direct: secret=given moves=home") == set()  # the step itself changed the environment
    assert [broken(stage, "direct: secret=given") for _ in range(2)] == [{"L3"}] * 2


def test_metadata_in_another_form_are_no_late_metadata(tmp_path: Path, reader: Reader) -> None:
    assert broken(stage_of("drops_none_from_metadata", tmp_path, reader), "direct: metadata=kinds") == {"M2"}
    assert "M1" in broken(stage_of("stores_metadata_at_the_end", tmp_path, reader), "direct: metadata=kinds")


def test_each_clause_that_can_be_blamed_says_how_it_is_mended() -> None:
    missing = {clause for clause in shown_by_programs() if not all(advice_for(clause).partition("\n\n")[::2])}
    assert missing == set()
