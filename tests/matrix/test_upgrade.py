"""What going from one release to another changes, by the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tracker_contracts.cli import main
from tracker_contracts.matrix.model import CellReport, State

from tests.support import cells
from tests.support.cells import GOOD as NEW
from tests.support.environments import REPOSITORY

OLD = NEW.but(zenml="0.85.0")
OLD_310, NEW_310 = OLD.but(python="3.10"), NEW.but(python="3.10")
PAIR = f"{OLD.name} -> {NEW.name}:"


def command(folder: Path, old: str = "zenml=0.85", new: str = "zenml=0.98", *more: str) -> Result:
    return CliRunner().invoke(main, ["matrix", "--from", old, "--to", new, "--reports", str(folder), *more])


def told(folder: Path, *reports: CellReport) -> tuple[int, list[str]]:
    """The status, and the lines of the command, of these reports."""
    for report in reports:
        report.write(folder)
    done = command(folder)
    return done.exit_code, [line.strip() for line in done.output.splitlines()]


def keeping(cell: cells.Cell, *broken: str) -> CellReport:
    return cells.ran(cell, cells.report("mine", cell, *broken))


def test_a_regression_ends_with_1(tmp_path: Path) -> None:
    assert told(tmp_path, keeping(OLD, "T1"), keeping(NEW, "F1", "F5")) == (
        1,
        [
            PAIR,
            "improvement: mine: T1 (core): broken -> kept",
            "regression: mine: F1 (core): kept -> broken",
            "worse: mine: F5 (provisional): kept -> broken",
            "1 of 1 pairs of cells compared: regression 1, worse 1, improvement 1.",
        ],
    )


def test_what_is_no_longer_tried_is_told_and_is_no_regression(tmp_path: Path) -> None:
    other = cells.ran(OLD, cells.report("mine", OLD), cells.report("other", OLD))
    status, lines = told(tmp_path, other, keeping(NEW))
    assert (status, lines[1]) == (0, "no longer tried: other")


def test_a_cell_that_runs_no_more_is_a_regression(tmp_path: Path) -> None:
    crashed = cells.not_run(NEW, State.CRASHED, "Traceback\nImportError: gone")
    status, lines = told(tmp_path, keeping(OLD), crashed)
    assert (status, lines[1]) == (1, "regression: it ran, and now: it crashed: ImportError: gone")


def test_cells_that_do_not_compare_are_told(tmp_path: Path) -> None:
    later = keeping(OLD_310)
    contract = later.contracts["mine"]
    later = later.model_copy(
        update={"contracts": {"mine": contract.model_copy(update={"profile": "quick"})}},
    )
    reports = (keeping(OLD), keeping(NEW), keeping(OLD.but(python="3.12")), later, keeping(NEW_310))
    status, lines = told(tmp_path, *reports)
    assert status == 0
    assert (
        "not compared: mine was tried with contract v1, profile quick and then with contract v1, profile default; "
        "run both cells again"
    ) in lines
    assert f"not compared: there is no report of {NEW.but(python='3.12').name}" in lines
    assert lines[-1] == "1 of 3 pairs of cells compared: nothing changes."


def test_what_there_was_no_time_for_is_no_regression(tmp_path: Path) -> None:
    new = keeping(NEW)
    hurried = {"mine": new.contracts["mine"].model_copy(update={"left_out": 3})}
    status, lines = told(tmp_path, keeping(OLD), new.model_copy(update={"contracts": hurried}))
    assert (status, lines[1].partition(";")[0]) == (2, "not compared: there was no time for all programs on mine")


def test_nothing_to_compare_is_no_success(tmp_path: Path) -> None:
    status, lines = told(tmp_path, keeping(OLD), keeping(NEW_310))
    assert (status, lines[-1]) == (2, "0 of 1 pairs of cells compared: nothing is known.")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("zenml=0.86", "zenml=0.98", "--from zenml=0.86: that is none of 0.85.0, 0.98.0; name one of them."),
        ("zenml=0.85", "zenml=0", "--to zenml=0: that is 2 of 0.85.0, 0.98.0; name one of them."),
        ("zenml=0.85", "zenml=new", "--to zenml=new: 'new' is no release, such as --from zenml=0.85 --to zenml=0.98."),
        ("zenlm=0.85", "zenml=0.98", "--from zenlm=0.85: no report has 'zenlm', but python, trackio, zenml; such as"),
        ("zenml=0.85", "zenml=0.85.0", "must be two releases of the same package, such as"),
        ("zenml=0.85", "python=3.13", "must be two releases of the same package, such as"),
    ],
)
def test_what_cannot_be_compared_is_told_with_the_way_out(old: str, new: str, message: str, tmp_path: Path) -> None:
    for report in (keeping(OLD), keeping(NEW)):
        report.write(tmp_path)
    done = command(tmp_path, old, new)
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())


def test_both_ends_are_needed(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["matrix", "--from", "zenml=0.85", "--reports", str(tmp_path)])
    assert (done.exit_code, "--from and --to go together" in done.output) == (2, True)


def test_without_reports_it_says_so(tmp_path: Path) -> None:
    assert "No report is stored yet: --run full makes them, and --reports says where" in " ".join(
        command(tmp_path).output.split()
    )


def test_the_stored_reports_say_what_zenml_084_changed() -> None:
    done = command(REPOSITORY / "compat" / "reports", "zenml=0.83", "zenml=0.98")
    assert done.exit_code == 0
    assert done.output.count("improvement: trackio: F5 (provisional): broken -> kept") == 2


def test_diff_takes_reports_of_cells(tmp_path: Path) -> None:
    files = [str(report.write(tmp_path)) for report in (keeping(OLD), keeping(NEW, "F1"))]
    done = CliRunner().invoke(main, ["diff", *files])
    assert (done.exit_code, done.output) == (1, "regression: mine: F1 (core): kept -> broken\n")
    assert CliRunner().invoke(main, ["diff", files[0], files[0]]).output == "Nothing changed.\n"
