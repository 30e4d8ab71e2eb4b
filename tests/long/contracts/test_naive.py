"""What the author of a first, naive flavor is told: the causes, each once, and nothing that is not so."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from tracker_contracts.cli import main
from tracker_contracts.profiles import PROFILES
from tracker_contracts.report.report import ClauseVerdict, Report, read
from tracker_contracts.report.verdict import Verdict

from tests.long.contracts.conftest import ONCE

pytestmark = pytest.mark.slow
NAIVE = "tests.contract.naive:NaiveHarness"
CAUSES = {
    "L9": "what is no JSON raises in the step's own call",
    "L7": "the run is a global of the module",
    "F1": "cleanup does not look at step_failed",
    "L3": "the global run is still there after cleanup",
    "T2": "no tags are written",
    "M7": "get_step_run_metadata is not there",
    "U1": "get_step_run_metadata is not there",
}
"""What is wrong with it, by the clause that should say so."""
FOLLOWS = {"L4": "L9", "T4": "L9", "M2": "L9", "M3": "L9", "M5": "L9", "L5": "L7", "M6": "L7", "F3": "F1"}
"""What is only about that; on a slow machine there is no time to find all of it."""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Report]]:
    folder = tmp_path_factory.mktemp("naive")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        patch.setitem(PROFILES, "quick", ONCE.model_copy(update={"name": "quick"}))  # pairs show the same causes again
        file = folder / "report.json"
        done = CliRunner().invoke(main, ["check", NAIVE, "--profile", "quick", "--json", str(file)])
        assert done.exit_code == 1, done.output
        yield done.stdout, read(file)
        assert sorted(folder.iterdir()) == [file]


def rows(said: str) -> list[str]:
    return [" ".join(line.split()) for line in said.splitlines()]


def by_id(report: Report) -> dict[str, ClauseVerdict]:
    return {clause.id: clause for clause in report.clauses}


def test_it_begins_with_what_to_mend_and_fits_a_terminal(said: tuple[str, Report]) -> None:
    lines = said[0].splitlines()
    assert lines[0].startswith(tuple(f"Mend first: {most}, " for most in ("F1", "L7", "L9")))
    assert set(lines[0].removeprefix("Mend first: ").split(", ")) == set(CAUSES)
    assert len(lines) <= 80
    assert max(map(len, lines)) <= 80


def test_each_cause_is_named_and_no_other(said: tuple[str, Report]) -> None:
    broken = {clause.id for clause in said[1].clauses if clause.verdict is Verdict.BROKEN}
    assert {*CAUSES, "M5", "F3"} <= broken <= {*CAUSES, *FOLLOWS}
    assert {id for id in broken if not by_id(said[1])[id].follows_from} == set(CAUSES)


def test_what_follows_is_told_in_a_line(said: tuple[str, Report]) -> None:
    clauses = by_id(said[1])
    hidden = {id: set(clause.follows_from) for id, clause in clauses.items() if clause.verdict is Verdict.HIDDEN}
    assert hidden
    assert all(causes and causes <= CAUSES.keys() for causes in hidden.values()), hidden
    assert any(line.startswith("Hidden until that is mended: ") for line in rows(said[0]))
    found = {id: clause.follows_from for id, clause in clauses.items() if clause.follows_from and id not in hidden}
    assert found.items() <= {id: [cause] for id, cause in FOLLOWS.items()}.items()
    for clause, (cause,) in found.items():
        assert f"{clause} core broken follows from {cause}" in rows(said[0])


def test_what_cannot_be_seen_is_told_with_the_reason(said: tuple[str, Report]) -> None:
    assert "F2 core not tried nothing to compare, because of F1" in rows(said[0])
    assert "L10 core not tried the harness has no `folder` and no `unreachable`" in rows(said[0])
    assert by_id(said[1])["T1"].verdict is Verdict.NOT_OFFERED


def test_a_feature_that_is_not_declared_is_not_missed(said: tuple[str, Report]) -> None:
    assert by_id(said[1])["M8"].verdict is Verdict.UNDECLARED
