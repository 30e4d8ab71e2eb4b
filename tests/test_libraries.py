"""The releases of the trackers' libraries: which ones are declared, and what an unfit one is refused with."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points, metadata, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.support.packages import packages_in
from zenml_trackers import connect
from zenml_trackers.errors import BackendMissing, BackendUnfit
from zenml_trackers.port import backend
from zenml_trackers.port.backend import backend_class
from zenml_trackers.port.libraries import need_library

REPOSITORY = Path(__file__).parents[1]
OURS = [point.name for point in entry_points(group=backend.ENTRY_POINTS) if point.dist.name == "zenml-trackers"]
WITH_EXTRA = [extra for extra in metadata("zenml-trackers").get_all("Provides-Extra") if extra in OURS]


@pytest.fixture
def packages(tmp_path):
    with packages_in(tmp_path / "packages") as made:
        yield made


class TestDeclared:
    @pytest.mark.parametrize("name", WITH_EXTRA)
    def test_the_extra_of_a_backend_brings_what_the_backend_works_with(self, name):
        assert brought_by(name) == [wanted(backend_class(name).requires)]

    def test_trackio_is_brought_by_the_package_itself(self):
        assert wanted(backend_class("trackio").requires) in brought_by("")

    def test_a_backend_without_an_extra_needs_no_library(self):
        assert backend_class("memory").library == ""
        assert {*WITH_EXTRA, "memory", "trackio"} == set(OURS)

    @pytest.mark.parametrize("name", [*WITH_EXTRA, "trackio"])
    def test_the_page_names_the_same_releases(self, name):
        page = (REPOSITORY / "docs" / "how-to" / "any-tracker.md").read_text(encoding="utf-8")
        extra = f"`{name}`" if name in WITH_EXTRA else "in the base"
        assert f" | {extra} | `{backend_class(name).requires}` |\n" in page

    def test_the_matrix_tries_the_same_releases(self):
        plan = (REPOSITORY / "compat" / "versions.toml").read_text(encoding="utf-8")
        for name in ("mlflow", "tensorboard"):
            assert f'"{backend_class(name).requires}"' in plan


def brought_by(extra: str) -> list[tuple[str, SpecifierSet]]:
    """What an extra brings, or without one the package itself."""
    lines = requires("zenml-trackers")
    if not extra:
        return [wanted(line) for line in lines if Requirement(line).marker is None]
    markers = {line: Requirement(line).marker for line in lines}
    return [wanted(line) for line, marker in markers.items() if marker and marker.evaluate({"extra": extra})]


def wanted(line: str) -> tuple[str, SpecifierSet]:
    """A library and its releases; installers write names in more than one way."""
    requirement = Requirement(line)
    return canonicalize_name(requirement.name), requirement.specifier


class TestNeedLibrary:
    @pytest.mark.parametrize("release", ["2", "2.0", "2.9.1", "2.1rc1", "2.1.dev5", "2.0+mine", "2.x-mine", None])
    def test_a_release_that_fits_or_says_nothing_is_taken_without_loading_it(self, packages, release):
        packages.install("jot-lib", release, module="jotlib")
        need_library("jot", "jotlib", "jot-lib>=2,<3")
        assert "jotlib" not in sys.modules

    @pytest.mark.parametrize("release", ["1.9", "2.0rc1", "2.0.dev1", "3.0", "3.0rc1"])
    def test_another_one_is_refused_with_what_mends_it(self, packages, release):
        packages.install("jot-lib", release, module="jotlib")
        with pytest.raises(BackendUnfit, match=rf"but jot-lib {release} is installed.*pip install 'jot-lib>=2,<3'"):
            need_library("jot", "jotlib", "jot-lib>=2,<3")

    def test_a_module_without_metadata_is_taken(self, packages):
        packages.module("jotlib")
        need_library("jot", "jotlib", "jot-lib>=2,<3")

    def test_the_module_may_come_from_a_distribution_of_another_name(self, packages):
        packages.install("jot-nightly", "2.5.0a20261101", module="jotlib")
        need_library("jot", "jotlib", "jot-lib>=2,<3")

    def test_that_one_is_refused_by_its_own_name(self, packages):
        packages.install("jot-nightly", "1.5", module="jotlib")
        with pytest.raises(BackendUnfit, match=r"but jot-nightly 1\.5 is installed"):
            need_library("jot", "jotlib", "jot-lib>=2,<3")

    def test_a_library_that_is_mended_meanwhile_is_taken(self, packages):
        with pytest.raises(BackendMissing, match=r"not installed\. Install it: `pip install 'jot-lib>=2'`"):
            need_library("jot", "jotlib", "jot-lib>=2")
        packages.install("jot-lib", "1.0", module="jotlib")
        with pytest.raises(BackendUnfit):
            need_library("jot", "jotlib", "jot-lib>=2")
        packages.install("jot-lib", "2.0", module="jotlib")
        need_library("jot", "jotlib", "jot-lib>=2")

    def test_a_backend_that_cannot_be_imported_is_told_by_its_name(self, packages):
        points = f"[{backend.ENTRY_POINTS}]\njot = jot_backend:JotBackend\n"
        packages.install("jot", "1.0", "jot_backend", "from json import nothing_of_that_name", points)
        with pytest.raises(
            BackendUnfit, match=r"'jot' can't be imported \(ImportError: .*nothing_of_that_name.*pip check"
        ):
            connect("jot://x")
