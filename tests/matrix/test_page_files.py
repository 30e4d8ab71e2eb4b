"""The command writes for readers what it is asked to, and says what it can't."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result
from tracker_contracts.cli import main
from tracker_contracts.matrix.model import Cell

from tests.support import cells
from tests.support.environments import REPOSITORY


def command(*arguments: object) -> Result:
    versions = REPOSITORY / "compat" / "versions.toml"
    return CliRunner().invoke(main, ["matrix", "--versions", str(versions), *map(str, arguments)])


def test_each_option_writes_its_file(tmp_path: Path) -> None:
    for report in cells.small().reports:
        report.write(tmp_path / "reports")
    wanted = {"--html": "site/matrix.html", "--markdown": "docs/compatibility.md", "--json": "matrix.json"}
    options = [part for option, file in wanted.items() for part in (option, tmp_path / file)]
    done = command("--reports", tmp_path / "reports", *options, "--badges", tmp_path / "badges")
    assert done.exit_code == 0, done.output
    written = [tmp_path / file for file in (*wanted.values(), "badges/trackio.svg", "badges/zenml-mlflow.svg")]
    assert done.output.split() == [str(file) for file in written]
    assert "(../site/matrix.html)" in (tmp_path / "docs" / "compatibility.md").read_text(encoding="utf-8")
    assert len(json.loads((tmp_path / "matrix.json").read_text(encoding="utf-8"))["cells"]) == 6


def test_without_reports_it_says_how_to_get_them(tmp_path: Path) -> None:
    done = command("--reports", tmp_path, "--html", tmp_path / "matrix.html")
    assert done.exit_code == 2
    assert "There is no report to show; `tracker-contracts matrix --run full` makes them." in done.output


def test_what_is_no_report_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text("{}")
    done = command("--reports", tmp_path, "--html", tmp_path / "matrix.html")
    assert done.exit_code == 2
    assert "odd.json is no report of a cell" in done.output


def test_it_shows_or_tries_but_not_both(tmp_path: Path) -> None:
    done = command("--html", tmp_path / "matrix.html", "--list", "smoke")
    assert done.exit_code == 2
    assert "Give one of" in done.output


def test_a_report_of_other_axes_is_named(tmp_path: Path) -> None:
    cells.ran(Cell(python="3.12", zenml="0.98.0", mlflow="3.17.2")).write(tmp_path)
    done = command("--reports", tmp_path, "--html", tmp_path / "matrix.html")
    assert done.exit_code == 2
    told = " ".join(done.output.split())
    assert "py312-zenml098-mlflow317.json is of python, zenml, mlflow, but the list has python, zenml, trackio;" in told
