"""Running many cells: what is known is not tried again, and what can't be installed stops nothing."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from tracker_contracts.cli import main
from tracker_contracts.matrix.cell import WrongEnvironment, command, installed, try_cell
from tracker_contracts.matrix.digest import digest, of_wheel
from tracker_contracts.matrix.environments import NotBuilt, build_wheels, own_source
from tracker_contracts.matrix.model import Cell, CellReport, State, read, read_all
from tracker_contracts.matrix.runner import Runner
from tracker_contracts.matrix.versions import Versions, load

from tests.support import cells

pytestmark = pytest.mark.slow

PROJECT = """
[build-system]
requires = ["uv_build"]
build-backend = "uv_build"
[project]
name = "under-test"
version = "1"
requires-python = ">=3.10"
[tool.uv.build-backend]
module-root = ""
"""
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
LIST = f"""
root = ".."
[axes]
zenml = ["0.0.99", "0.98.0"]
python = ["{PYTHON}"]
trackio = ["0.43.0"]
[packages]
under-test = "package"
[[contracts]]
harness = "trackio"
"""
NEVER_RELEASED = Cell(python=PYTHON, zenml="0.0.99", trackio="0.43.0")
KNOWN = Cell(python=PYTHON, zenml="0.98.0", trackio="0.43.0")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one tiny package under test, and a list with a release that there never was."""
    root = tmp_path / "checkout"
    (root / "compat").mkdir(parents=True)
    (root / "compat" / "versions.toml").write_text(LIST)
    (root / "package" / "under_test").mkdir(parents=True)
    (root / "package" / "pyproject.toml").write_text(PROJECT)
    (root / "package" / "under_test" / "__init__.py").write_text("ANSWER = 42\n")
    return root


@pytest.fixture
def runner(checkout: Path) -> Iterator[Runner]:
    with Runner(
        load(checkout / "compat" / "versions.toml"), checkout / "compat" / "versions.toml", reports(checkout)
    ) as made:
        yield made


def reports(checkout: Path) -> Path:
    return checkout / "compat" / "reports"


def code_of(checkout: Path, cell: Cell) -> str:
    versions = load(checkout / "compat" / "versions.toml")
    wheels = build_wheels(versions, checkout, checkout / "wheels")
    found = digest(versions, checkout, cell, (line for wheel in wheels for line in of_wheel(wheel)))
    shutil.rmtree(checkout / "wheels")
    return found


def store(checkout: Path, cell: Cell, **changed: object) -> CellReport:
    """As if the cell had been tried with the code as it is now."""
    made = cells.ran(cell).model_copy(update={"code": code_of(checkout, cell), **changed})
    made.write(reports(checkout))
    return made


def test_what_cannot_be_installed_is_told_and_stops_nothing(checkout: Path, runner: Runner) -> None:
    known = store(checkout, KNOWN)
    told = {each.report.cell: each for each in runner.run([NEVER_RELEASED, KNOWN], 2, again=False)}
    assert told[KNOWN].again
    assert told[KNOWN].report == known
    failed = told[NEVER_RELEASED].report
    assert (failed.state, failed.good) == (State.NOT_INSTALLED, False)
    assert "zenml==0.0.99" in failed.error
    assert failed.command == f"tracker-contracts matrix --run {NEVER_RELEASED.name}"
    assert {each.cell for each in read_all(reports(checkout))} == {NEVER_RELEASED, KNOWN}


@pytest.mark.parametrize("changed", [{"code": "0" * 16}, {"state": State.CRASHED, "error": "killed"}])
def test_only_a_report_of_the_same_code_that_ran_counts(checkout: Path, changed: dict[str, object]) -> None:
    store(checkout, NEVER_RELEASED, **changed)
    file = checkout / "compat" / "versions.toml"
    with Runner(load(file), file, reports(checkout)) as runner:
        [told] = runner.run([NEVER_RELEASED], 1, again=False)
    assert (told.again, told.report.state) == (False, State.NOT_INSTALLED)


def test_again_tries_what_is_known(checkout: Path, runner: Runner) -> None:
    store(checkout, NEVER_RELEASED)
    [told] = runner.run([NEVER_RELEASED], 1, again=True)
    assert not told.again


def test_an_interrupted_cell_leaves_the_report_that_was_there(checkout: Path, runner: Runner) -> None:
    before = store(checkout, NEVER_RELEASED, code="0" * 16)
    runner._running.stop()
    [_] = runner.run([NEVER_RELEASED], 1, again=False)
    assert read(reports(checkout) / f"{NEVER_RELEASED.name}.json") == before


def test_a_change_of_the_package_is_another_code(checkout: Path) -> None:
    before = code_of(checkout, KNOWN)
    assert code_of(checkout, KNOWN) == before
    (checkout / "package" / "under_test" / "__init__.py").write_text("ANSWER = 43\n")
    assert code_of(checkout, KNOWN) != before


def test_a_package_that_cannot_be_built_is_told(checkout: Path) -> None:
    (checkout / "package" / "pyproject.toml").write_text(PROJECT.replace('version = "1"', 'version = "one"'))
    file = checkout / "compat" / "versions.toml"
    with pytest.raises(NotBuilt, match="version"), Runner(load(file), file, reports(checkout)):
        pass


@pytest.mark.parametrize(
    ("told", "source"),
    [
        ({}, "tracker-contracts==1.2"),
        ({"url": "file:///src/contracts", "dir_info": {"editable": True}}, Path("/src/contracts")),
        ({"url": "file:///a.whl", "archive_info": {}}, "tracker-contracts @ file:///a.whl"),
        (
            {"url": "https://x/y.git", "vcs_info": {"vcs": "git", "commit_id": "c0de"}, "subdirectory": "contracts"},
            "tracker-contracts @ git+https://x/y.git@c0de#subdirectory=contracts",
        ),
    ],
)
def test_a_cell_gets_the_contract_from_where_it_is_installed(
    told: dict[str, object], source: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tracker_contracts-1.2.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: tracker-contracts\nVersion: 1.2\n")
    if told:
        (folder / "direct_url.json").write_text(json.dumps(told))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    versions = Versions.model_validate(cells.VERSIONS)
    assert own_source(versions) == source
    assert own_source(versions.model_copy(update={"packages": {"tracker-contracts": "."}})) is None


def test_a_package_of_another_name_is_told(checkout: Path) -> None:
    file = checkout / "compat" / "versions.toml"
    file.write_text(LIST.replace("under-test =", "another ="))
    with (
        pytest.raises(NotBuilt, match=r"packages.another: .+/package makes no another; name the package as its pypr"),
        Runner(load(file), file, reports(checkout)),
    ):
        pass


def test_a_machine_without_the_python_is_no_release_that_fails(checkout: Path) -> None:
    file, folder = checkout / "compat" / "versions.toml", reports(checkout)
    file.write_text(LIST.replace(f'["{PYTHON}"]', '["3.99"]'))
    done = CliRunner().invoke(main, ["matrix", "--run", "full", "--versions", str(file), "--reports", str(folder)])
    assert done.exit_code == 2
    assert "Python 3.99 is not on this machine, and uv can't fetch it. Install it;" in " ".join(done.output.split())
    assert not folder.exists()


def test_the_command_ends_with_1_for_a_red_cell(checkout: Path) -> None:
    file, folder = str(checkout / "compat" / "versions.toml"), str(reports(checkout))
    store(checkout, KNOWN)
    both = ["--run", NEVER_RELEASED.name, "--run", KNOWN.name]
    done = CliRunner().invoke(main, ["matrix", *both, "--versions", file, "--reports", folder, "-p", "2"])
    assert done.exit_code == 1, done.output
    assert f"{NEVER_RELEASED.name}: could not be installed" in done.output
    assert KNOWN.name in done.output


def test_only_listed_releases_are_repeated_by_name(checkout: Path) -> None:
    versions = load(checkout / "compat" / "versions.toml")
    assert command(versions, KNOWN) == f"tracker-contracts matrix --run {KNOWN.name}"
    newer = KNOWN.but(zenml="0.99.0rc1")
    assert command(versions, newer) == "tracker-contracts matrix --run newest --pre"


def test_a_cell_is_only_tried_in_its_own_environment() -> None:
    versions = Versions.model_validate(cells.VERSIONS)
    with pytest.raises(
        WrongEnvironment, match=f"This environment is {installed(versions).name}. Run the cell with: track"
    ):
        try_cell(versions, Path(), "py39-zenml001-trackio001", lambda clause, message: None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "Give one of --run, --cell, --list, --write and --from"),
        (["--run", "smoke", "--write"], "Give one of --run, --cell, --list, --write and --from"),
        (
            ["--run", "py27-zenml098"],
            "--run py27-zenml098: that is neither one of smoke, full, exhaustive, newest nor a",
        ),
        (["--run", "newest", "--run", "py27-zenml098"], "--run py27-zenml098: that is neither"),
        (["--run", "smoke", "--pre"], "--pre goes with --run newest."),
        (["--list", "full", "--versions", "no/such.toml"], "start in the folder that has it, or give --versions FILE."),
    ],
)
def test_wrong_use_is_told(options: list[str], message: str) -> None:
    done = CliRunner().invoke(main, ["matrix", *options])
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())
