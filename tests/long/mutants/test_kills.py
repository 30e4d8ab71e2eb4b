"""The suites can fail: the reference keeps every clause, and each broken tracker is found by its own.

Where docs/self-test.md has the self-test of this very code, the reference and one broken tracker a clause are tried
again; else all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import ClassVar

import pytest
from tracker_contracts.clauses import CLAUSES
from tracker_contracts.engine.reader import Reader
from tracker_contracts.reference.mutants import self_test
from tracker_contracts.reference.mutants.catalogue import MUTANTS
from tracker_contracts.reference.mutants.proven import code
from tracker_contracts.report.verdict import Verdict

from tests.support.environments import REPOSITORY

TELLS = {
    "forgets_steps_that_log_nothing": "has no run",
    "makes_one_run_for_the_pipeline": "has no run",
    "lowercases_tags": "missing: ",
    "loses_the_last_of_two_tags_that_differ_in_case": "missing: ",
    "stores_equal_tags_twice": "stored twice",
    "rounds_to_seven_places": "differ; the first at",
    "marks_failed_as_finished": "should be 'failed'",
    "cuts_error_at_255": "characters",
    "off_by_one_step_after_resume": "the steps must go on where they stopped",
    "restores_environment_only_on_success": "the environment",
    "leaks_token_in_url": "ZenML's metadata",
}
"""What the story of a mutant's own clause has to say of its defect."""


PROVEN = f"That is of the code {code()}." in (REPOSITORY / "docs" / "self-test.md").read_text(encoding="utf-8")
TRIED = list({mutant.clause: mutant for mutant in reversed(MUTANTS)}.values()) if PROVEN else MUTANTS


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[self_test.Examiner]:
    with closing(Reader()) as reader:
        yield self_test.Examiner(tmp_path_factory.mktemp("places"), reader, None)


@pytest.mark.slow
class TestReference:
    def test_it_keeps_every_clause(self, examiner):
        findings = list(examiner.reference(list(CLAUSES)))
        assert [found for found in findings if found.verdict in (Verdict.BROKEN, Verdict.MISSING)] == []
        assert {finding.clause for finding in findings if finding.verdict is Verdict.KEPT} >= set(CLAUSES) - {"F5"}


class OfSomeChapters:
    """Tests of a class share a process, and classes have one each."""

    chapters: ClassVar[str]

    def pytest_generate_tests(self, metafunc):
        mutants = [mutant for mutant in TRIED if mutant.clause[0] in self.chapters]
        metafunc.parametrize("mutant", mutants, ids=lambda mutant: f"{mutant.clause}-{mutant.name}")

    def test_a_mutant_is_found_by_its_own_clause(self, examiner, mutant):
        kill = examiner.kill(mutant)
        assert kill.own is not None, f"also found by: {kill.others}"
        assert TELLS.get(mutant.name, "") in kill.own.story
        # a story that begins with an exception's name tells of a trial that went wrong, not of a promise
        assert not kill.own.story.partition("\n")[0].partition(":")[0].endswith("Error")


@pytest.mark.slow
class TestLifecycle(OfSomeChapters):
    chapters = "L"


@pytest.mark.slow
class TestTaggingAndFailure(OfSomeChapters):
    chapters = "TF"


@pytest.mark.slow
class TestMetadataAndTheRest(OfSomeChapters):
    chapters = "MUSR"


def test_a_told_defect_is_that_of_a_mutant():
    assert TELLS.keys() <= {mutant.name for mutant in MUTANTS}


def test_each_chapter_has_its_tests():
    assert {clause[0] for clause in CLAUSES} == set("".join(each.chapters for each in OfSomeChapters.__subclasses__()))
