"""What is written from the list: constraints, and tox's environments."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from tracker_contracts.matrix import plan, written
from tracker_contracts.matrix.model import Cell
from tracker_contracts.matrix.requirements import constraints, requirements
from tracker_contracts.matrix.versions import Versions, load

from tests.support.environments import REPOSITORY

LIST = Path("compat") / "versions.toml"
VERSIONS = load(REPOSITORY / LIST)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout with what is written, and what it is written from."""
    shutil.copytree(REPOSITORY / "compat", tmp_path / "compat")
    shutil.copy(REPOSITORY / "tox.ini", tmp_path)
    return tmp_path


def texts(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def with_zenml(releases: Iterable[str]) -> Versions:
    return VERSIONS.model_copy(update={"axes": {**VERSIONS.axes, "zenml": list(releases)}})


def test_the_stored_files_are_what_the_list_says(copy: Path) -> None:
    assert written.write(VERSIONS, copy / LIST) == [], "tracker-contracts matrix --write"


def test_a_release_that_is_added_again_leaves_no_trace(copy: Path) -> None:
    before = texts(copy)
    without = with_zenml(each for each in VERSIONS.axes["zenml"] if each != "0.84.3")
    assert {file.name for file in written.write(without, copy / LIST)} == {"tox.ini", "zenml084.txt"}
    assert not (copy / "compat" / "constraints" / "zenml084.txt").exists()
    assert "084" not in (copy / "tox.ini").read_text()
    written.write(with_zenml([*without.axes["zenml"], "0.84.3"]), copy / LIST)  # at another place
    assert texts(copy) == before


def test_the_rest_of_tox_ini_is_left_alone() -> None:
    tox = f"[tox]\nenv_list = mine\n{written.begin(LIST)}\nold\n{written.END}\n\n[testenv:mine]\n"
    made = written.files(VERSIONS, LIST, tox)[written.TOX]
    assert made.startswith(f"[tox]\nenv_list = mine\n{written.begin(LIST)}\nlabels =\n")
    assert made.endswith(f"\n{written.END}\n\n[testenv:mine]\n")
    assert "old" not in made


def test_without_its_lines_tox_ini_is_refused() -> None:
    with pytest.raises(written.NoPlace, match="lacks one of the lines between which the matrix is written"):
        written.files(VERSIONS, LIST, "[tox]\n")


def test_who_has_no_tox_ini_is_told_that_none_is_needed(copy: Path) -> None:
    (copy / "tox.ini").unlink()
    with pytest.raises(written.NoPlace, match="--write is for those who run cells by tox, --run needs nothing written"):
        written.write(VERSIONS, copy / LIST)


def test_a_cell_is_installed_with_what_its_releases_need() -> None:
    old = Cell(python="3.12", zenml="0.75.1", trackio="0.36.0")
    new = Cell(python="3.12", zenml="0.98.0", trackio="0.43.0")
    others = ["mlflow>=2.18", "tensorboard>=2.18"]
    assert requirements(VERSIONS, old) == ["setuptools<82", "trackio", "zenml"]
    assert requirements(VERSIONS, new) == [*others, "trackio", "zenml", "zenml[local]"]
    assert constraints(VERSIONS, old) == ["zenml==0.75.1", "trackio==0.36.0", "huggingface_hub<1.32"]


@pytest.mark.parametrize("name", plan.SETS)
@pytest.mark.slow
def test_tox_knows_the_sets(name: str) -> None:
    pytest.importorskip("tox")
    command = [sys.executable, "-m", "tox", "list", "--no-desc", "-q", "-m", name]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    listed = [line for line in done.stdout.splitlines() if line.startswith("py")]
    assert sorted(listed) == sorted(cell.name for cell in plan.cells(VERSIONS, name))
