"""The other commands of `tracker-contracts`: what they say, and their exit status."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from tracker_contracts.clauses import CLAUSES
from tracker_contracts.reference.mutants import self_test as mutants
from tracker_contracts.reference.mutants.kills import Kill, SelfTest
from tracker_contracts.report import report
from tracker_contracts.report.verdict import Verdict

from tests.contract.command import ran
from tests.contract.test_report import found, made


def test_help_is_there_without_loading_zenml() -> None:
    status, said = ran("--help")
    assert status == 0
    assert {"check", "list", "self-test", "diff", "new", "clauses", "schema"} <= set(said.split())
    program = "import sys, tracker_contracts.cli; sys.exit('zenml' in sys.modules or 'hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


class TestDiff:
    @pytest.fixture(autouse=True)
    def reports(self, tmp_path: Path) -> None:
        self.good, self.bad, self.folder = tmp_path / "good.json", tmp_path / "bad.json", tmp_path
        made().write(self.good)
        made(found("F1", Verdict.BROKEN), found("F5", Verdict.BROKEN)).write(self.bad)

    def test_a_regression_is_named_and_fails(self) -> None:
        status, said = ran("diff", self.good, self.bad)
        assert status == 1
        assert said.splitlines() == [
            "regression: F1 (core): kept -> broken",
            "worse: F5 (provisional): kept -> broken",
            "broken now: F1: a_trial, in a trial (direct)",
            "broken now: F5: a_trial, in a trial (direct)",
        ]

    def test_as_json_it_says_the_same(self) -> None:
        status, said = ran("diff", "--json", self.good, self.bad)
        told = json.loads(said)
        assert (status, told["not_tried"]) == (1, [])
        assert [(each["kind"], each["clause"], each["new"]) for each in told["changes"]] == [
            ("regression", "F1", "broken"),
            ("worse", "F5", "broken"),
        ]
        assert [(each["what"], each["clause"]) for each in told["shown"]] == [
            ("broken now", "F1"),
            ("broken now", "F5"),
        ]

    def test_an_improvement_does_not(self) -> None:
        status, said = ran("diff", self.bad, self.good)
        assert status == 0
        assert said.splitlines()[0] == "improvement: F1 (core): broken -> kept"

    def test_programs_are_compared_too(self) -> None:
        def broken(*programs: str) -> report.Report:
            facts = {"trial": "the params", "program": ""}
            return made(
                *(found("M2", Verdict.BROKEN).model_copy(update=facts | {"program": program}) for program in programs)
            )

        broken("direct: params=kinds", "direct: params=large").write(self.good)
        broken("direct: params=kinds ending=error", "direct: odd=params").write(self.bad)
        assert ran("diff", self.good, self.bad) == (
            0,
            "No clause changed.\n"
            "broken now: M2: the params, in direct: odd=params\n"
            "mended: M2: the params, in direct: params=large\n",
        )

    def test_equal_reports_have_no_change(self) -> None:
        assert ran("diff", self.bad, self.bad) == (0, "No clause changed.\n")

    def test_what_was_not_tried_is_named(self) -> None:
        made(asked=[id for id in CLAUSES if id != "T1"]).write(self.bad)
        assert ran("diff", self.good, self.bad) == (0, "not tried this time: T1\nNo clause changed.\n")

    def test_what_is_no_report_is_wrong_use(self) -> None:
        (self.folder / "other.json").write_text("{}")
        assert ran("diff", self.good, self.folder / "other.json")[0] == 2
        assert ran("diff", self.good, self.folder / "none.json")[0] == 2


class TestNew:
    def test_it_writes_what_can_be_imported_and_says_what_comes_next(self, tmp_path: Path) -> None:
        status, said = ran("new", "my_package", "--folder", tmp_path)
        assert status == 0
        assert "tracker-contracts check my_package.harness:MyHarness" in said
        files = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.py"))
        assert files == ["my_package/__init__.py", "my_package/harness.py", "tests/test_my_package_contract.py"]
        for file in files:
            ast.parse((tmp_path / file).read_text(encoding="utf-8"))

    def test_it_overwrites_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "my_package").mkdir()
        (tmp_path / "my_package" / "__init__.py").write_text("mine = 1")
        assert ran("new", "my_package", "--folder", tmp_path)[0] == 0
        assert (tmp_path / "my_package" / "__init__.py").read_text() == "mine = 1"
        status, said = ran("new", "my_package", "--folder", tmp_path)
        assert status == 2
        assert "harness.py" in said

    @pytest.mark.parametrize("name", ["my-package", "1st", "class", "a.b"])
    def test_it_refuses_what_python_cannot_import(self, name: str, tmp_path: Path) -> None:
        assert ran("new", name, "--folder", tmp_path)[0] == 2
        assert list(tmp_path.iterdir()) == []


class TestSelfTest:
    """The matrix itself has tests of its own; this is what the command makes of it."""

    @pytest.fixture(autouse=True)
    def environment(self) -> Iterator[None]:
        with patch.dict(os.environ):
            yield

    @pytest.mark.parametrize("arguments", [(), ("--markdown",)])
    def test_a_mutant_that_lives_fails(self, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
        lives = Kill(mutant="loses_a_tag", clause="T1", defect="The last tag is lost.", own=None, others=[])
        monkeypatch.setattr(mutants, "run", lambda progress: SelfTest(reference=[], kills=[lives]))
        status, said = ran("self-test", *arguments)
        assert status == 1
        assert "loses_a_tag" in said
        assert "That is not enough." in said

    def test_when_all_are_found_it_ends_well(self, monkeypatch: pytest.MonkeyPatch) -> None:
        own = found("T1", Verdict.BROKEN)
        kills = [Kill(mutant=id, clause=id, defect="", own=own, others=[]) for id in CLAUSES]
        monkeypatch.setattr(mutants, "run", lambda progress: SelfTest(reference=[], kills=kills))
        assert ran("self-test")[0] == 0

    def test_with_more_seeds_a_mutant_must_be_found_with_each(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def run(progress: Callable[[str], None], seed: int | None = None) -> SelfTest:
            own = None if seed == 2 else found("T1", Verdict.BROKEN)
            kill = Kill(mutant="m", clause="T1", defect="", own=own, others=[])
            return SelfTest(reference=[], kills=[kill], clauses=["T1"])

        monkeypatch.setattr(mutants, "run", run)
        assert ran("self-test", "--seeds", "2")[0] == 0
        status, said = ran("self-test", "--seeds", "3")
        assert status == 1
        assert "With seed 2: m is not found by T1." in said
        assert "With seed 1: 1 of 1 broken trackers are found by their own clause." in said


def test_list_shows_the_installed_harnesses() -> None:
    status, said = ran("list")
    assert status == 0
    assert ["trackio", "zenml_trackers.testing.trackio:TrackioHarness"] in [line.split() for line in said.splitlines()]


def test_clauses_shows_the_whole_contract() -> None:
    status, said = ran("clauses")
    assert status == 0
    assert all(clause.id in said and clause.sentence in said for clause in CLAUSES.values())


def test_what_there_is_comes_as_json_too() -> None:
    assert json.loads(ran("list", "--json")[1])["trackio"] == "zenml_trackers.testing.trackio:TrackioHarness"
    assert [clause["id"] for clause in json.loads(ran("clauses", "--json")[1])] == list(CLAUSES)


def test_schema_shows_the_published_one() -> None:
    status, said = ran("schema")
    assert status == 0
    assert json.loads(said) == report.json_schema()
