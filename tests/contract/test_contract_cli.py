"""The command `tracker-contracts`: what it says, and its exit status."""

from __future__ import annotations

import ast
import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from tracker_contracts.clauses import CLAUSES, Driver
from tracker_contracts.cli import main
from tracker_contracts.reference.mutants import self_test as mutants
from tracker_contracts.reference.mutants.kills import Kill, SelfTest
from tracker_contracts.report import report
from tracker_contracts.report.verdict import Verdict

from tests.contract.test_report import found, made
from tests.support.environments import REPOSITORY

PLAIN = "tests.contract.harnesses:Plain"
NAIVE = "tests.contract.naive:NaiveHarness"
DIES = "tests.contract.harnesses:Dies"
HANGS = "tests.contract.harnesses:HangsAndTells"


def ran(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


def _soon(holds: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    return holds()


def _alive(pid: int) -> bool:
    """Whether it runs; one that is dead and was never asked for its status does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _running_in(folder: Path) -> list[int]:
    """The processes that have this folder in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "environ").read_bytes() and _alive(int(process.name)):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _heed_interrupts() -> None:
    """What runs in the background of a shell ignores them, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def ran_alone(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sysconfig.get_path("scripts")) / "tracker-contracts"), *arguments]
    environment = {**os.environ, **variables}
    return subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, encoding="utf-8", timeout=300)


def test_help_is_there_without_loading_zenml() -> None:
    status, said = ran("--help")
    assert status == 0
    assert {"check", "list", "self-test", "diff", "new", "clauses", "schema"} <= set(said.split())
    program = "import sys, tracker_contracts.cli; sys.exit('zenml' in sys.modules or 'hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


class TestCheck:
    def test_a_tracker_that_conforms(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        status, said = ran("check", PLAIN, "--profile", "quick", "--clause", "t1", "--clause", "M8", "--json", file)
        assert status == 0
        assert said.rstrip().endswith("plain conforms (profile quick; only T1, M8)")
        assert [clause.id for clause in report.read(file).clauses] == ["T1", "M8"]

    @pytest.mark.slow
    def test_without_a_terminal_nothing_is_coloured_or_cut(self) -> None:
        done = ran_alone("check", DIES, "--profile", "quick", "--clause", "T4", "--clause", "M4", COLUMNS="40")
        assert done.returncode == 1
        assert "\x1b" not in done.stdout + done.stderr
        assert "The process ended with status 7." in done.stdout
        assert f"tracker-contracts check {DIES} …" in done.stdout
        assert '    … --program "direct: ' in done.stdout
        assert "Broken: L9" in done.stdout.splitlines()
        assert done.stderr.startswith("program 1 of ")

    @pytest.mark.slow
    def test_an_encoding_without_the_characters_of_a_counterexample_loses_no_report(self) -> None:
        done = ran_alone("check", DIES, "--profile", "quick", "--clause", "T4", PYTHONIOENCODING="ascii")
        assert done.returncode == 1
        assert "Broken: L9" in done.stdout

    @pytest.mark.slow
    def test_a_profile_that_leaves_a_clause_out_says_so(self) -> None:
        status, said = ran("check", PLAIN, "--profile", "quick", "--clause", "F6")
        assert status == 0
        assert "Not in this profile: F6" in said

    @pytest.mark.slow
    def test_a_seed_is_part_of_the_report(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        assert ran("check", PLAIN, "--profile", "quick", "--clause", "T4", "--seed", "7", "--json", file)[0] == 0
        assert report.read(file).seed == 7

    @pytest.mark.slow
    def test_a_clause_that_is_not_tried_is_incomplete(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "sitecustomize.py").write_text(
            "import tracker_contracts.faults.trial as t\nt.trials_of = lambda id: ()\n"
        )
        monkeypatch.syspath_prepend(str(tmp_path))
        status, said = ran("check", PLAIN, "--profile", "quick", "--clause", "S3")
        assert status == 3
        assert "there is no trial of it" in said
        assert "Not tried: S3" in said

    @pytest.mark.slow
    def test_a_program_is_executed_alone(self) -> None:
        status, said = ran("check", PLAIN, "--program", "direct: tags=case ending=chained")
        assert status == 0
        assert "1 programs were executed" in " ".join(said.split())
        assert "plain conforms (profile default; only L1," in said

    @pytest.mark.slow
    def test_what_several_steps_and_other_processes_raise_is_understood(self) -> None:
        endings = [f"process: ending={ending}" for ending in ("grouped", "own", "cancelled")]
        programs = ["direct: attempt=second | attempt=second", *endings]
        chosen = [part for program in programs for part in ("--program", program)]
        status, said = ran("check", PLAIN, *chosen)
        assert status == 0, said
        assert "4 programs were executed" in " ".join(said.split())

    @pytest.mark.slow
    def test_what_there_is_no_time_for_is_told(self) -> None:
        status, said = ran("check", PLAIN, "--profile", "quick", "--clause", "L3", "--budget", "0")
        assert status == 0
        assert "0 programs were executed; " in " ".join(said.split())
        assert "were left out, since the profile's time was up; --budget gives more" in " ".join(said.split())

    def test_a_broken_harness_says_nothing_of_the_tracker(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        status, said = ran("check", "tests.contract.harnesses:CannotRead", "--json", file)
        assert status == 2
        assert said.startswith("The harness is broken, so this says nothing of the tracker.\nread(place) fails.")
        assert not file.exists()

    @pytest.mark.slow
    def test_a_harness_that_cannot_be_stopped_loses_no_report(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        arguments = ("--profile", "quick", "--clause", "T4", "--json", file)
        status, said = ran("check", "tests.contract.harnesses:CannotStop", *arguments)
        assert status == 2
        assert "OSError: it goes on" in said
        assert report.read(file).clauses[0].verdict is Verdict.KEPT

    @pytest.mark.parametrize("killed_by", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
    @pytest.mark.slow
    def test_when_it_is_killed_no_process_stays_behind(self, tmp_path: Path, killed_by: signal.Signals) -> None:
        file = tmp_path / "pid"
        command = [sys.executable, "-m", "tracker_contracts", "check", HANGS, "--profile", "quick", "--clause", "T4"]
        environment = {**os.environ, "TELL_THE_PID": str(file), "TMPDIR": str(tmp_path)}
        with subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stderr=subprocess.DEVNULL, preexec_fn=_heed_interrupts
        ) as checking:
            assert _soon(lambda: file.exists() and file.read_text() != "", 60)
            checking.send_signal(killed_by)
        assert _soon(lambda: not _alive(int(file.read_text())), 15)
        if killed_by is not signal.SIGKILL:
            assert checking.returncode == 128 + killed_by
            assert list(tmp_path.iterdir()) == [file]

    @pytest.mark.parametrize(
        "arguments",
        [
            ("no-such-harness",),
            (PLAIN, "--clause", "T9"),
            (PLAIN, "--program", "direct: tags=kase"),
            (PLAIN, "--profile", "none"),
            (PLAIN, "--seed", "x"),
            (PLAIN, "--json", "no/such/folder/report.json"),
            (PLAIN, "--junit", "no/such/folder/report.xml"),
            (PLAIN, "--html", "no/such/folder/report.html"),
            (PLAIN, "--driver", "thread"),
            (PLAIN, "--driver", "process", "--profile", "quick"),
            (),
        ],
    )
    def test_wrong_use_has_a_status_of_its_own(self, arguments: tuple[str, ...]) -> None:
        assert ran("check", *arguments)[0] == 2

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (("zenml-mlflw",), "There is no harness 'zenml-mlflw'. Did you mean zenml-mlflow?"),
            (("Trackio",), "There is no harness 'Trackio'. Did you mean trackio?"),
            ((PLAIN, "--clause", "L44"), "There is no clause L44. Did you mean L4?"),
        ],
    )
    def test_what_is_misspelt_is_told_in_a_line(self, arguments: tuple[str, ...], told: str) -> None:
        status, said = ran("check", *arguments)
        assert status == 2
        assert told in said.splitlines()[-1]

    def test_a_misspelt_class_is_told_in_a_line(self) -> None:
        status, said = ran("check", f"{PLAIN}s")
        assert status == 2
        assert said.splitlines()[-1] == "tests.contract.harnesses has no 'Plains'. Did you mean Plain?"


class TestEnding:
    """What ends a check before all is tried."""

    @pytest.mark.slow
    def test_fail_fast_ends_at_the_first_broken_clause_with_its_story(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        status, said = ran("check", NAIVE, "--profile", "quick", "--driver", "direct", "--fail-fast", "--json", file)
        assert status == 1
        assert "\nMend first: " in said
        assert "a step logs some metrics" in said
        assert "ended at the first broken clause" in " ".join(said.split())
        stored = report.read(file)
        assert stored.stopped is report.Stopped.FIRST
        assert stored.programs < 5
        assert not any(found.verdict is Verdict.BROKEN and not found.program for found in stored.findings)

    @pytest.mark.slow
    def test_fail_fast_ends_at_a_trial_too(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        arguments = ("--profile", "quick", "--clause", "L3", "--clause", "L9", "--clause", "S3", "--budget", "0")
        assert ran("check", NAIVE, *arguments, "--fail-fast", "--json", file)[0] == 1
        verdicts = {clause.id: clause.verdict for clause in report.read(file).clauses}
        assert verdicts == {"L3": Verdict.BROKEN, "L9": Verdict.MISSING, "S3": Verdict.MISSING}

    @pytest.mark.slow
    def test_fail_fast_changes_nothing_where_all_is_kept(self) -> None:
        status, said = ran("check", PLAIN, "--profile", "quick", "--clause", "S3", "--driver", "direct", "--fail-fast")
        assert status == 0
        assert said.rstrip().endswith("plain conforms (profile quick; only by direct; only S3)")

    @pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT])
    @pytest.mark.slow
    def test_what_was_tried_so_far_is_reported(self, tmp_path: Path, ended_by: signal.Signals) -> None:
        file, folder = tmp_path / "report.json", tmp_path / "temporary"
        folder.mkdir()
        command = [sys.executable, "-m", "tracker_contracts", "check", NAIVE, "--profile", "quick", "--json", str(file)]
        with subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            preexec_fn=_heed_interrupts,
        ) as checking:
            assert checking.stderr is not None
            while not checking.stderr.readline().startswith("program 50 of "):
                assert checking.poll() is None
            checking.send_signal(ended_by)
            said, _ = checking.communicate(timeout=60)
        assert checking.returncode == 128 + ended_by
        assert said.startswith("Mend first: ")
        assert "naive does not conform (profile quick; interrupted)" in said
        stored = report.read(file)
        assert stored.stopped is report.Stopped.INTERRUPTED
        assert stored.programs >= 48  # of two examiners, each may have been at one
        assert stored.left_out == 0
        assert list(folder.iterdir()) == []
        assert not _running_in(folder)

    @pytest.mark.slow
    def test_before_anything_was_tried_there_is_nothing_to_report(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "tracker_contracts", "check", PLAIN, "--json", str(tmp_path / "report.json")]
        with subprocess.Popen(
            command, cwd=REPOSITORY, stderr=subprocess.PIPE, encoding="utf-8", preexec_fn=_heed_interrupts
        ) as checking:
            time.sleep(2)  # it has begun to start the harness, which takes longer
            checking.send_signal(signal.SIGTERM)
            _, said = checking.communicate(timeout=30)
        assert checking.returncode == 143
        assert said == "Interrupted before anything was tried.\n"
        assert list(tmp_path.iterdir()) == []


class TestOptions:
    @pytest.mark.slow
    def test_a_driver_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        arguments = ("--profile", "quick", "--clause", "L1", "--driver", "direct", "--timings", "--json", file)
        status, said = ran("check", PLAIN, *arguments)
        assert status == 0
        stored = report.read(file)
        assert stored.drivers == [Driver.DIRECT]
        assert {found.driver for found in stored.findings} == {Driver.DIRECT}
        assert {timing.what for timing in stored.timings} == {"start", "programs"}
        assert {timing.driver for timing in stored.timings if timing.what == "programs"} == {Driver.DIRECT}
        assert all(timing.seconds > 0 for timing in stored.timings)
        assert "Starting, and a silent step: " in said
        assert "Programs: " in said

    @pytest.mark.slow
    def test_a_clause_that_no_driver_of_those_tries_is_left_out(self) -> None:
        status, said = ran(
            "check", PLAIN, "--profile", "default", "--clause", "F6", "--driver", "direct", "--budget", "0"
        )
        assert status == 0
        assert "Not in this profile: F6" in said

    @pytest.mark.slow
    def test_without_being_asked_no_times_are_stored(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        assert ran("check", PLAIN, "--profile", "quick", "--clause", "S3", "--budget", "0", "--json", file)[0] == 0
        assert report.read(file).timings == []

    @pytest.mark.slow
    def test_a_replay_executes_that_program_alone_and_shows_the_same(self, tmp_path: Path) -> None:
        for program, clause in (
            ("direct: odd=params", "L9"),
            ("direct: beside=two", "L7"),
            ("pipeline: ending=exit-3", "F3"),
        ):
            file = tmp_path / "report.json"
            assert ran("check", NAIVE, "--program", program, "--json", file, "--timings")[0] == 1
            stored = report.read(file)
            assert stored.programs == 1
            assert {found.program for found in stored.findings if found.verdict is Verdict.BROKEN} == {program}
            by_id = {each.id: each for each in stored.clauses}
            assert by_id[clause].verdict is Verdict.BROKEN
            assert by_id["T2"].verdict is Verdict.BROKEN  # which has nothing to do with it

    @pytest.mark.slow
    def test_a_replay_of_a_trial_executes_no_program(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        arguments = ("--clause", "L3", "--profile", "quick", "--budget", "0")
        assert ran("check", NAIVE, *arguments, "--json", file)[0] == 1
        [finding] = [found for found in report.read(file).findings if found.verdict is Verdict.BROKEN]
        assert finding.replay == f"tracker-contracts check {NAIVE} {' '.join(arguments)}"
        assert report.read(file).programs == 0


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


def test_schema_shows_the_published_one() -> None:
    status, said = ran("schema")
    assert status == 0
    assert json.loads(said) == report.json_schema()
