"""What counts as lost between two reports of a cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tracker_contracts.cli import main
from tracker_contracts.matrix.gate import LOSSES, changes, counterpart
from tracker_contracts.matrix.model import BlockReport, CellReport, State, Works, read, read_all
from tracker_contracts.report.report import Report

from tests.support import cells
from tests.support.cells import GOOD as CELL

OLDER = CELL.but(zenml="0.97.0")
NEWER = CELL.but(zenml="0.99.0rc1")


def report(*broken: str) -> Report:
    return cells.report("trackio", CELL, *broken)


def losses(old: CellReport, new: CellReport) -> list[str]:
    return [str(each) for each in changes(old, new) if each.kind in LOSSES]


def test_nothing_is_lost_if_nothing_is_worse() -> None:
    assert losses(cells.ran(CELL, report("T1")), cells.ran(CELL, report("T1"))) == []
    assert losses(cells.ran(CELL, report("T1")), cells.ran(CELL, report())) == []


def test_a_clause_that_holds_no_more_is_lost() -> None:
    assert losses(cells.ran(CELL, report()), cells.ran(CELL, report("F1"))) == [
        "regression: trackio: F1 (core): kept -> broken"
    ]


def test_what_is_provisional_is_never_lost() -> None:
    assert losses(cells.ran(CELL, report()), cells.ran(CELL, report("F5"))) == []


def test_a_clause_that_is_tried_no_more_is_lost() -> None:
    whole = report()
    fewer = whole.model_copy(update={"clauses": [each for each in whole.clauses if each.id != "F6"]})
    assert losses(cells.ran(CELL, whole), cells.ran(CELL, fewer)) == ["no longer tried: trackio: F6"]


def test_a_tracker_that_is_tried_no_more_is_lost() -> None:
    assert losses(cells.ran(CELL, report()), cells.ran(CELL)) == ["no longer tried: trackio"]


def test_verdicts_of_another_contract_are_not_compared() -> None:
    earlier = report()
    earlier = earlier.model_copy(update={"versions": earlier.versions.model_copy(update={"contract": "0"})})
    now = report().versions.contract
    whole = (
        f"not compared: trackio: contract v0, profile {earlier.profile} and contract v{now}, profile {earlier.profile}"
    )
    assert list(map(str, changes(cells.ran(CELL, earlier), cells.ran(CELL, report())))) == [whole]
    assert losses(cells.ran(CELL, earlier), cells.ran(CELL, report("F1"))) == [
        "regression: trackio: conforms -> does not conform"
    ]


@pytest.mark.parametrize("state", [State.CRASHED, State.NOT_INSTALLED])
def test_a_cell_that_ran_is_lost(state: State) -> None:
    new = cells.not_run(CELL, state, "Traceback\nImportError: no such name")
    assert losses(cells.ran(CELL, report()), new) == [
        f"regression: it ran, and now: it {state.value}: ImportError: no such name"
    ]
    assert losses(new, new) == []


def test_a_page_that_worked_is_lost() -> None:
    works, fails = (
        cells.ran(CELL, report()).model_copy(update={"page": [_block(4, Works.YES), _block(9, verdict)]})
        for verdict in (Works.YES, Works.NO)
    )
    assert losses(works, fails) == ["regression: docs/a.md, line 9 (shell): it ended with status 1"]
    assert losses(fails, fails) == []
    assert losses(works, cells.ran(CELL, report()).model_copy(update={"page": []})) == ["no longer tried: docs/a.md"]


def test_newest_releases_are_compared_with_the_newest_before() -> None:
    stored = {each.cell.name: each for each in (cells.ran(OLDER), cells.ran(CELL))}
    assert counterpart(stored, OLDER) == stored[OLDER.name]
    assert counterpart(stored, NEWER) == stored[CELL.name]
    assert counterpart(stored, OLDER.but(zenml="0.80.2")) is None
    assert counterpart({}, CELL) is None


def test_reports_are_stored_sorted_and_read_back(tmp_path: Path) -> None:
    made = [cells.ran(CELL, report("F1", "T2")), cells.ran(OLDER, works=Works.NO)]
    files = [each.write(tmp_path) for each in made]
    assert [file.name for file in files] == [f"{CELL.name}.json", f"{OLDER.name}.json"]
    first = files[0].read_bytes()
    assert read(files[0]).write(tmp_path).read_bytes() == first
    assert [each.cell for each in read_all(tmp_path)] == [OLDER, CELL]
    assert list(tmp_path.glob("*.half")) == []


def test_what_is_no_report_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "py311.json").write_text('{"cell": 1}')
    with pytest.raises(ValueError, match=r"py311\.json is no report of a cell of the matrix"):
        list(read_all(tmp_path))


def test_the_gate_needs_reports_to_compare_with(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["matrix", "--run", "smoke", "--against", str(tmp_path)])
    assert told.exit_code == 2
    assert "has no reports to compare with; make them with --run full." in told.output


def _block(line: int, verdict: Works) -> BlockReport:
    story = "it ended with status 1\nsaid more" if verdict is Works.NO else ""
    return BlockReport(page="docs/a.md", line=line, language="shell", verdict=verdict, story=story)
