"""`tracker-contracts check`: what it says, its options and its exit status."""

from __future__ import annotations

from pathlib import Path

import pytest
from tracker_contracts.clauses import Driver
from tracker_contracts.report import report
from tracker_contracts.report.verdict import Verdict

from tests.contract.command import DIES, NAIVE, PLAIN, ran, ran_alone

DIRECT = ("--profile", "quick", "--driver", "direct")
"""By one driver, in one process: for what no other driver or process has to do with."""


class TestCheck:
    def test_a_tracker_that_conforms(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        status, said = ran("check", PLAIN, "--profile", "quick", "--clause", "t1", "--clause", "M8", "--json", file)
        assert status == 0
        assert said.rstrip().endswith("plain conforms (profile quick; only T1, M8)")
        assert [clause.id for clause in report.read(file).clauses] == ["T1", "M8"]

    @pytest.mark.slow
    def test_without_a_terminal_nothing_is_coloured_or_cut(self) -> None:
        done = ran_alone("check", DIES, "--program", "direct: late-tags=unicode", COLUMNS="40")
        assert done.returncode == 1
        assert "\x1b" not in done.stdout + done.stderr
        assert "The process ended with status 7." in done.stdout
        assert f"tracker-contracts check {DIES} …" in done.stdout
        assert '    … --program "direct: ' in done.stdout
        assert "Broken: L9" in done.stdout.splitlines()
        assert done.stderr.startswith("program 1 of ")

    @pytest.mark.slow
    def test_an_encoding_without_the_characters_of_a_counterexample_loses_no_report(self) -> None:
        done = ran_alone("check", DIES, "--program", "direct: late-tags=unicode", PYTHONIOENCODING="ascii")
        assert done.returncode == 1
        assert "Broken: L9" in done.stdout

    @pytest.mark.slow
    def test_a_profile_that_leaves_a_clause_out_says_so(self) -> None:
        status, said = ran("check", PLAIN, *DIRECT, "--clause", "F6", "--budget", "0")
        assert status == 0
        assert "Not in this profile: F6" in said

    @pytest.mark.slow
    def test_a_seed_is_part_of_the_report(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        assert ran("check", PLAIN, *DIRECT, "--clause", "S3", "--seed", "7", "--json", file)[0] == 0
        assert report.read(file).seed == 7

    @pytest.mark.slow
    def test_a_clause_that_is_not_tried_is_incomplete(self) -> None:
        status, said = ran("check", "tests.contract.harnesses:HasNothingToTry", *DIRECT, "--clause", "S3")
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
        status, said = ran("check", PLAIN, *DIRECT, "--clause", "L3", "--budget", "0")
        assert status == 0
        assert "0 programs were executed; " in " ".join(said.split())
        assert "were left out, since the profile's time was up; --budget gives more" in " ".join(said.split())

    @pytest.mark.slow
    def test_a_broken_harness_says_nothing_of_the_tracker(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        status, said = ran("check", "tests.contract.harnesses:CannotRead", "--json", file)
        assert status == 2
        assert said.startswith("The harness is broken, so this says nothing of the tracker.\nread(place) fails.")
        assert not file.exists()

    @pytest.mark.slow
    def test_a_harness_that_cannot_be_stopped_loses_no_report(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        arguments = (*DIRECT, "--clause", "S3", "--json", file)
        status, said = ran("check", "tests.contract.harnesses:CannotStop", *arguments)
        assert status == 2
        assert "OSError: it goes on" in said
        assert report.read(file).clauses[0].verdict is Verdict.KEPT

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


class TestOptions:
    @pytest.mark.slow
    def test_a_driver_alone(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        arguments = (*DIRECT, "--clause", "L1", "--timings", "--json", file)
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
        assert ran("check", PLAIN, *DIRECT, "--clause", "S3", "--json", file)[0] == 0
        assert report.read(file).timings == []

    @pytest.mark.slow
    def test_a_replay_executes_those_programs_alone_and_shows_the_same(self, tmp_path: Path) -> None:
        broken_by = {"direct: odd=params": "L9", "direct: beside=two": "L7", "pipeline: ending=exit-3": "F3"}
        chosen = [part for program in broken_by for part in ("--program", program)]
        file = tmp_path / "report.json"
        assert ran("check", NAIVE, *chosen, "--json", file, "--timings")[0] == 1
        stored = report.read(file)
        assert stored.programs == len(broken_by)
        broken = {(found.program, found.clause) for found in stored.findings if found.verdict is Verdict.BROKEN}
        assert broken_by.keys() == {program for program, _ in broken}
        assert broken_by.items() <= broken
        assert "T2" in {clause for _, clause in broken}  # which has nothing to do with it

    @pytest.mark.slow
    def test_a_replay_of_a_trial_executes_no_program(self, tmp_path: Path) -> None:
        file = tmp_path / "report.json"
        arguments = ("--clause", "L3", "--profile", "quick", "--budget", "0")
        assert ran("check", NAIVE, *arguments, "--json", file)[0] == 1
        [finding] = [found for found in report.read(file).findings if found.verdict is Verdict.BROKEN]
        assert finding.replay == f"tracker-contracts check {NAIVE} {' '.join(arguments)}"
        assert report.read(file).programs == 0
