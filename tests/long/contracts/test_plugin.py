"""Nothing that leaves out a clause ends well: each way to be hollow ends with status 3, and is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from tracker_contracts import manifest
from tracker_contracts.clauses import CLAUSES, Clause, Driver
from tracker_contracts.contract import ExperimentTrackerContract, test_name
from tracker_contracts.engine.messages import Judged
from tracker_contracts.harness import Gap, HarnessBroken
from tracker_contracts.profiles import QUICK, Profile
from tracker_contracts.reference.mutants.harness import ReferenceHarness
from tracker_contracts.report.report import Tried
from tracker_contracts.report.verdict import Finding, Verdict

from tests.contract.test_report import TRIED

pytest_plugins = ["pytester"]
test_name.__test__ = False  # type: ignore[attr-defined]

Run = Callable[..., pytest.RunResult]

CLASS = """
import pytest
from tracker_contracts.contract import ExperimentTrackerContract
from tracker_contracts.reference.mutants.harness import ReferenceHarness

class TestMine(ExperimentTrackerContract):
    harness = ReferenceHarness
"""
T1, T2 = (test_name(CLAUSES[id]) for id in ("T1", "T2"))
APPLYING = [
    id
    for id, clause in CLAUSES.items()
    if clause.feature in (None, *ReferenceHarness.features) and any(map(QUICK.examples, clause.drivers))
]
"""What neither the quick profile nor the reference tracker leaves out."""


class Judge:
    """In place of the real one, which takes longer: keeps what it isn't told to break."""

    verdicts: dict[str, Verdict] = {}
    broken = False

    def __init__(self, spec: str, profile: Profile) -> None:
        features = sorted(ReferenceHarness.features)
        self.tried: Tried = TRIED.model_copy(update={"profile": profile.name, "features": features})

        self.profile = profile.model_copy(update={"combined": {}})  # no programs
        self.drivers, self.gaps, self.takes_secret = list(Driver), dict[str, Gap](), False
        self.offered, self.native_calls = ReferenceHarness.features, True

    def __enter__(self) -> Judge:
        if self.broken:
            raise HarnessBroken("it is not what it says")
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def judge(self, clause: Clause) -> Iterator[Judged]:
        verdict = self.verdicts.get(clause.id, Verdict.KEPT)
        driver = Driver.DIRECT
        yield Judged(
            finding=Finding(
                clause=clause.id, level=clause.level, driver=driver, trial="a_trial", verdict=verdict, story="once upon"
            )
        )


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(manifest, "Examiner", Judge)
    monkeypatch.setattr(Judge, "verdicts", {})
    monkeypatch.delenv(manifest.VARIABLE, raising=False)

    def run(source: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(test_mine=source)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)

    return run


def lacking(result: pytest.RunResult) -> dict[str, list[str]]:
    """The clauses that are named as without a verdict, by reason."""
    mark = "  no verdict on "
    lines = [line.removeprefix(mark) for line in result.outlines if line.startswith(mark)]
    return {why: clauses.split(", ") for clauses, _, why in (line.partition(": ") for line in lines)}


def test_each_clause_has_a_test_that_is_named_for_it() -> None:
    names = [name for name in vars(ExperimentTrackerContract) if name.startswith("test_")]
    assert [name.split("_")[1] for name in names] == list(CLAUSES)
    assert T2 == "test_T2_pipeline_name_pipeline_run_name_and_step"
    assert ExperimentTrackerContract.__dict__[T2].__doc__ == CLAUSES["T2"].sentence


def test_when_all_are_kept_it_ends_well(run: Run) -> None:
    result = run(CLASS)
    assert result.ret == 0
    assert lacking(result) == {}
    result.stdout.fnmatch_lines(["*experiment tracker contract*", "test_mine.TestMine: conforms (profile quick)"])


def test_a_class_is_collected_whatever_its_name_is(run: Run) -> None:
    assert run(CLASS.replace("TestMine", "OfMine")).parseoutcomes()["passed"] == len(CLAUSES)


def test_a_class_without_a_harness_is_no_contract_yet(run: Run) -> None:
    result = run("from tracker_contracts.contract import ExperimentTrackerContract as E\nclass TestBase(E): pass\n")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_broken_clause_fails_with_its_story(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judge, "verdicts", {"T1": Verdict.BROKEN})
    result = run(CLASS)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["T1 (core): broken", "once upon", "test_mine.TestMine: does not conform*"])
    assert lacking(result) == {}


@pytest.mark.parametrize(
    ("clause", "verdict", "ends"),
    [
        ("T1", Verdict.GAP, "failed"),
        ("M8", Verdict.GAP, "xfailed"),
        ("F5", Verdict.BROKEN, "xfailed"),
        ("T1", Verdict.KEPT_AFTER_ALL, "failed"),
        ("M8", Verdict.KEPT_AFTER_ALL, "failed"),
        ("M9", Verdict.UNDECLARED, "skipped"),
        ("T1", Verdict.NOT_OFFERED, "skipped"),
        ("F6", Verdict.NOT_TRIED, "skipped"),
    ],
)
def test_a_test_ends_as_the_verdict_says(
    run: Run, monkeypatch: pytest.MonkeyPatch, clause: str, verdict: Verdict, ends: str
) -> None:
    monkeypatch.setattr(Judge, "verdicts", {clause: verdict})
    result = run(CLASS)
    assert result.parseoutcomes() == {"passed": len(CLAUSES) - 1, ends: 1}
    assert result.ret == (1 if ends == "failed" else 0)
    assert lacking(result) == {}


def test_a_clause_for_which_nothing_was_compared(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judge, "verdicts", {"T1": Verdict.MISSING})
    result = run(CLASS)
    assert result.ret == 3
    assert lacking(result) == {"nothing was compared": ["T1"]}


def test_a_class_that_is_skipped(run: Run) -> None:
    result = run(CLASS.replace("class ", "@pytest.mark.skip(reason='some day')\nclass "))
    assert result.ret == 3
    assert lacking(result) == {"skipped (some day)": APPLYING}


@pytest.mark.slow
def test_a_module_that_is_marked_skipped(run: Run) -> None:
    result = run(f"{CLASS}\npytestmark = pytest.mark.skipif(True, reason='not here')\n")
    assert result.ret == 3
    assert lacking(result) == {"skipped (not here)": APPLYING}


@pytest.mark.parametrize(
    ("call", "why"), [("skip('not now')", "skipped (not now)"), ("xfail('never')", "xfailed")], ids=["skip", "xfail"]
)
def test_a_fixture_that_keeps_tests_from_running(run: Run, call: str, why: str) -> None:
    fixture = f"@pytest.fixture(autouse=True)\ndef quiet():\n    pytest.{call}\n"
    result = run(f"{CLASS}\n{fixture}")
    assert result.ret == 3
    assert lacking(result) == {why: APPLYING}


def test_what_is_deselected_by_a_keyword(run: Run) -> None:
    result = run(CLASS, "-k", "T1")
    assert result.ret == 0
    assert lacking(result) == {}
    result.stdout.fnmatch_lines(["test_mine.TestMine: conforms (profile quick; only T1)"])


@pytest.mark.parametrize("selected", [("-k", "T1"), (f"test_mine.py::TestMine::{T1}",), ("test_mine.py::TestMine",)])
def test_a_selection_by_name_that_fails_ends_as_pytest_does(
    run: Run, monkeypatch: pytest.MonkeyPatch, selected: tuple[str, ...]
) -> None:
    monkeypatch.setattr(Judge, "verdicts", {"T1": Verdict.BROKEN})
    assert run(CLASS, *selected).ret == 1


def test_a_selected_clause_of_which_nothing_was_compared_fails(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judge, "verdicts", {"T1": Verdict.MISSING})
    assert run(CLASS, "-k", "T1").ret == 1


def test_a_class_that_is_selected_is_tried_whole(run: Run) -> None:
    other = "class TestOther(ExperimentTrackerContract):\n    harness = ReferenceHarness\n"
    result = run(f"{CLASS}\n{other}", "test_mine.py::TestMine")
    assert result.ret == 0
    assert result.parseoutcomes() == {"passed": len(CLAUSES)}
    assert "TestOther" not in result.stdout.str()


def test_what_is_deselected_by_name(run: Run) -> None:
    result = run(CLASS, "--deselect", f"test_mine.py::TestMine::{T2}")
    assert result.ret == 3
    assert lacking(result) == {"deselected": ["T2"]}


def test_when_everything_is_deselected(run: Run) -> None:
    assert run(CLASS, "-k", "nothing_like_it").ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert run(CLASS, "--deselect", "test_mine.py").ret == 3


def test_what_is_not_selected(run: Run) -> None:
    result = run(CLASS, f"test_mine.py::TestMine::{T1}")
    assert result.ret == 0
    assert lacking(result) == {}


def test_a_method_that_is_overridden(run: Run) -> None:
    result = run(f"{CLASS}\n    def {T1}(self):\n        pass\n")
    assert result.ret == 3
    assert lacking(result) == {"overridden": ["T1"]}


def test_a_method_that_is_taken_away(run: Run) -> None:
    result = run(f"{CLASS}\n    {T1} = None\n")
    assert result.ret == 3
    assert lacking(result) == {"not run": ["T1"]}


def test_a_method_that_is_overridden_and_still_tries(run: Run) -> None:
    assert run(f"{CLASS}\n    def {T1}(self, request):\n        super().{T1}(request)\n").ret == 0


def test_a_failure_that_is_swallowed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judge, "verdicts", {"T1": Verdict.BROKEN})
    body = f"        try:\n            super().{T1}(request)\n        except BaseException:\n            pass\n"
    result = run(f"{CLASS}\n    def {T1}(self, request):\n{body}")
    assert result.ret == 3
    assert lacking(result) == {"passed, though the verdict is: broken": ["T1"]}


@pytest.mark.parametrize("verdict", [Verdict.KEPT, Verdict.BROKEN])
def test_a_mark_that_expects_failure(run: Run, monkeypatch: pytest.MonkeyPatch, verdict: Verdict) -> None:
    monkeypatch.setattr(Judge, "verdicts", {"T1": verdict})
    mark = "    @pytest.mark.xfail(reason='known')\n"
    result = run(f"{CLASS}\n{mark}    def {T1}(self, request):\n        super().{T1}(request)\n")
    assert result.ret == 3
    assert lacking(result) == {f"marked xfail, though the verdict is: {verdict.value}": ["T1"]}


def test_a_class_that_is_expected_to_fail(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judge, "verdicts", dict.fromkeys(CLAUSES, Verdict.BROKEN))
    result = run(CLASS.replace("class ", "@pytest.mark.xfail\nclass "))
    assert result.ret == 3
    assert set(lacking(result)) == {"marked xfail, though the verdict is: broken"}


def test_a_run_that_stops_at_the_first_failure(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judge, "verdicts", {"L2": Verdict.BROKEN})
    result = run(CLASS, "-x")
    assert result.ret == 3
    assert lacking(result) == {"not run": [id for id in APPLYING if id not in ("L1", "L2")]}


def test_a_set_up_that_fails(run: Run) -> None:
    result = run(f"{CLASS}\n    def setup_method(self):\n        raise OSError\n")
    assert result.ret == 3
    assert lacking(result) == {"failed before it was tried": APPLYING}


def test_a_harness_that_is_broken(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judge, "broken", True)
    result = run(CLASS)
    assert result.ret == 3
    result.stdout.fnmatch_lines(["The harness is broken, so this says nothing of the tracker.", "it is not what*"])


def test_one_good_class_does_not_stand_for_another(run: Run) -> None:
    other = "class TestOther(ExperimentTrackerContract):\n    harness = ReferenceHarness\n"
    result = run(f"{CLASS}\n@pytest.mark.skip(reason='some day')\n{other}")
    assert result.ret == 3
    result.stdout.fnmatch_lines(["test_mine.TestMine: conforms*", "test_mine.TestOther: incomplete*"])


def test_an_unknown_profile_is_wrong_use(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(manifest.VARIABLE, "hard")
    assert run(CLASS).ret == pytest.ExitCode.USAGE_ERROR


def test_without_the_plugin_no_clause_passes(run: Run) -> None:
    result = run(CLASS, "-p", "no:tracker-contracts")
    assert "passed" not in result.parseoutcomes()
    assert result.ret == 1


def test_collecting_alone_ends_well(run: Run) -> None:
    assert run(CLASS, "--collect-only").ret == 0


def test_a_project_without_a_contract_pays_and_sees_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    pytester.makeconftest(
        "import sys\n"
        "def pytest_unconfigure():\n"
        "    ours = sorted(name for name in sys.modules if name.startswith('tracker_contracts'))\n"
        "    print('imported', ours, 'zenml' in sys.modules)\n"
    )
    result = pytester.runpytest_subprocess("-s", "-p", "no:cacheprovider")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["imported ['tracker_contracts', 'tracker_contracts.pytest_plugin'] False"])
    result.stdout.no_fnmatch_line("*contract of*")


def test_the_plugin_imports_nothing_heavy() -> None:
    heavy = "{'zenml', 'hypothesis', 'pydantic', 'rich'}"
    program = f"import sys, tracker_contracts.pytest_plugin; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


@pytest.mark.slow
def test_with_the_real_judge(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(test_mine=CLASS)
    monkeypatch.setenv("TRACKER_CONTRACTS_PROFILE", "light")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-k", "T1 or T4")
    assert result.parseoutcomes()["passed"] == 2
    assert result.ret == 0
