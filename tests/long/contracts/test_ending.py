"""What ends a check before all is tried: the first broken clause, a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tracker_contracts.report import report
from tracker_contracts.report.verdict import Verdict

from tests.contract.command import HANGS, NAIVE, PLAIN, alive, heed_interrupts, ran, running_in, soon, started_by
from tests.support.environments import REPOSITORY


class TestEnding:
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

    @pytest.mark.parametrize(
        ("ended_by", "options", "line", "programs"),
        [
            (signal.SIGTERM, ("--budget", "600"), "program 50 of ", 48),  # each of two examiners may have been at one
            (signal.SIGINT, ("--budget", "0", "--driver", "direct"), "L3 direct: ", 0),  # among the trials
        ],
    )
    @pytest.mark.slow
    def test_what_was_tried_so_far_is_reported(
        self, tmp_path: Path, ended_by: signal.Signals, options: tuple[str, ...], line: str, programs: int
    ) -> None:
        file, folder = tmp_path / "report.json", tmp_path / "temporary"
        folder.mkdir()
        command = [sys.executable, "-m", "tracker_contracts", "check", NAIVE, "--profile", "quick", "--json", str(file)]
        command += options
        with subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env={**os.environ, "TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            preexec_fn=heed_interrupts,
        ) as checking:
            assert checking.stderr is not None
            while not checking.stderr.readline().startswith(line):
                assert checking.poll() is None
            checking.send_signal(ended_by)
            said, _ = checking.communicate(timeout=60)
        assert checking.returncode == 128 + ended_by
        assert said.startswith("Mend first: ")
        assert "naive does not conform (profile quick; interrupted" in " ".join(said.split())
        stored = report.read(file)
        assert stored.stopped is report.Stopped.INTERRUPTED
        assert stored.programs >= programs
        assert stored.left_out == 0
        assert list(folder.iterdir()) == []
        assert not running_in(folder)

    @pytest.mark.slow
    def test_before_anything_was_tried_there_is_nothing_to_report(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "tracker_contracts", "check", PLAIN, "--json", str(tmp_path / "report.json")]
        with subprocess.Popen(
            command, cwd=REPOSITORY, stderr=subprocess.PIPE, encoding="utf-8", preexec_fn=heed_interrupts
        ) as checking:
            assert soon(
                lambda: started_by(checking.pid) != [], 60
            )  # the harness's process, which takes longer to begin
            checking.send_signal(signal.SIGTERM)
            _, said = checking.communicate(timeout=30)
        assert checking.returncode == 143
        assert said == "Interrupted before anything was tried.\n"
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("killed_by", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
    @pytest.mark.slow
    def test_when_it_is_killed_no_process_stays_behind(self, tmp_path: Path, killed_by: signal.Signals) -> None:
        file = tmp_path / "pid"
        command = [sys.executable, "-m", "tracker_contracts", "check", HANGS, "--profile", "quick", "--clause", "T4"]
        environment = {**os.environ, "TELL_THE_PID": str(file), "TMPDIR": str(tmp_path)}
        with subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stderr=subprocess.DEVNULL, preexec_fn=heed_interrupts
        ) as checking:
            assert soon(lambda: file.exists() and file.read_text() != "", 60)
            checking.send_signal(killed_by)
        assert soon(lambda: not alive(int(file.read_text())), 15)
        if killed_by is not signal.SIGKILL:
            assert checking.returncode == 128 + killed_by
            assert list(tmp_path.iterdir()) == [file]
