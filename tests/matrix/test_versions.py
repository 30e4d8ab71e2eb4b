"""The list of releases: what is refused and how, and that it agrees with the packages' own metadata."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from tracker_contracts.matrix.model import Cell
from tracker_contracts.matrix.plan import ordered
from tracker_contracts.matrix.versions import VersionsError, load, root_of

from tests.support.environments import REPOSITORY
from zenml_trackers.zenml import compat

LIST = REPOSITORY / "compat" / "versions.toml"
VERSIONS = load(LIST)
OLDEST, *_ = ordered(VERSIONS.axes["zenml"])
DIFFERENCES = {name: found for name, found in vars(compat).items() if isinstance(found, compat.Difference)}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"0.84.3"', '"latest"', r"zenml\[\d+\]: 'latest' is no release; write one such as 0.84.3."),
        ('"0.84.3"', '"0.84.3", "0.84.2"', r"axes.zenml: 0.84.3 and 0.84.2 are the same cell; keep the newer one"),
        ('"3.12"', '"3.12.1"', r"axes.python: '3.12.1' is no such release as '3.12', without a patch."),
        ('"3.12"', "3.12", r"axes.python\[2\]: write a text in quotes."),
        ("trackio = [", "Track_IO = [", r"axes.Track_IO: write the package's name as 'track-io'."),
        ("python = [", "snake = [", r"axes: name `python` and one package at least, such as zenml = \[\"0.98.0\"\]."),
        (
            "[axes]",
            "zenml = []\n[axes]",
            r"zenml: there is no such field; releases stand under \[axes\], and beside that .+",
        ),
        ('zenml = "<0.91"\npython = ">=3.13"', 'zenml = ">0"', r"ruled_out: no cell is left; rule out less."),
        (
            'zenml = "<0.91"',
            'zenlm = "<0.91"',
            r"ruled_out\[0\].zenlm: there is no such field or axis, but why; python, zenml, t",
        ),
        (
            'profile = "light"',
            'profil = "light"',
            r"contracts\[1\].profil: there is no such field or axis, but harness, profile, budget;",
        ),
        (
            '= "contracts"',
            '= "elsewhere"',
            r"packages.tracker-contracts: there is no .+/elsewhere/pyproject.toml; paths are",
        ),
        (
            "how-to/trackio.md",
            "trackio.md",
            r"pages\[0\].file: there is no .+/docs/trackio.md; paths are from `root`, '\.\.'\.",
        ),
        ('zenml = "<0.91"', 'zenml = "old"', r"ruled_out\[0\].zenml: 'old' names no releases; write such as '<0.91'"),
        ('why = "They import', 'reason = "They import', r"needs\[0\].why: it is missing; add it."),
        (
            'why = "They import',
            'until = "0"\nwhy = "They import',
            r"needs\[0\].until: there is no such field or axis, but",
        ),
        ('zenml = "<0.84"\n', "", r"needs\[0\]: give `zenml` or `trackio`, the one whose releases it is about."),
        ('["setuptools<82"]', '["setuptools under 82"]', r"requirements\[0\]: 'setuptools under 82' is no requirement"),
        ('"F5"', '"F99"', r"clauses\[0\]: there is no clause 'F99'; `tracker-contracts clauses` shows all."),
        ('zenml = ">=0.90"', "zenml = 0.90", r"needs\[2\].zenml: write a text in quotes."),
        (
            'python = ["3.10"',
            'runs = ["1.0"]\npython = ["3.10"',
            r"axes.runs: a package of that name can be no axis, since \[\[pages\]\] has such a field\.",
        ),
        ("[labels]", "[[labels]]", r"labels: write a table, such as \[axes\]."),
        ('zenml = "0.83"', 'python = "3.11"', r"breaks\[0\]: give `zenml` or `trackio`, the one whose releases"),
        ("runs = 3", "runs = 0", r"pages\[0\].runs: Input should be greater than or equal to 1."),
        ("[packages]", "[packages", r"versions.toml is no TOML: .+ \(at line \d+, column \d+\)"),
    ],
)
def test_what_is_wrong_is_named_with_the_way_out(old: str, new: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "compat").mkdir()
    for folder in ("contracts", "docs", "pyproject.toml"):
        (tmp_path / folder).symlink_to(REPOSITORY / folder)
    file = tmp_path / "compat" / "versions.toml"
    text = LIST.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(VersionsError, match=message) as told:
        load(file)
    assert str(told.value).startswith(f"{file}")
    assert "\n" not in str(told.value)


def test_a_missing_list_is_told_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(VersionsError, match=r"start in the folder that has it, or give --versions FILE\."):
        load(tmp_path / "versions.toml")


def test_paths_are_from_the_root() -> None:
    assert root_of(VERSIONS, LIST) == REPOSITORY
    for folder in VERSIONS.packages.values():
        assert (REPOSITORY / folder / "pyproject.toml").is_file()
    for page in VERSIONS.pages:
        assert (REPOSITORY / page.file).is_file()


def test_a_cause_explains_its_clauses_in_its_cells() -> None:
    cell = Cell(python="3.12", zenml="0.83.1", trackio="0.43.0")
    assert VERSIONS.causes_in(cell, "F5")
    assert VERSIONS.causes_in(cell, "F1") == []
    assert VERSIONS.causes_in(cell) == []
    assert VERSIONS.causes_in(cell.but(zenml="0.84.3"), "F5") == []


@pytest.mark.parametrize("metadata", ["pyproject.toml", "contracts/pyproject.toml"])
def test_the_oldest_release_is_the_oldest_that_the_packages_take(metadata: str) -> None:
    text = (REPOSITORY / metadata).read_text(encoding="utf-8")
    for package in ("zenml", "trackio"):
        for line in re.findall(rf'^    "({package}[><=].+)",$', text, re.MULTILINE):
            takes, listed = Requirement(line).specifier, ordered(VERSIONS.axes[package])
            assert f">={Version(listed[0]).major}.{Version(listed[0]).minor}" in str(takes)
            assert all(release in takes for release in listed)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_no_difference_is_kept_for_releases_that_are_gone(name: str) -> None:
    for release in (DIFFERENCES[name].since, DIFFERENCES[name].until):
        assert release is None or release == "0" or Version(release) > Version(OLDEST), f"{name} is always the same"


@pytest.mark.parametrize("name", DIFFERENCES)
def test_each_difference_is_at_a_break_that_smoke_looks_at(name: str) -> None:
    boundaries = {_before(each.within["zenml"]) for each in VERSIONS.breaks}
    known = [DIFFERENCES[name].since, DIFFERENCES[name].until]
    assert {_before(release) for release in known if release not in (None, "0")} <= boundaries


def _before(release: str | None) -> int:
    """How many of the listed releases come before it."""
    return sum(Version(listed) < Version(str(release)) for listed in VERSIONS.axes["zenml"])
