"""The page on checking a tracker of one's own, followed as it stands."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest
from tracker_contracts.engine.isolation import isolated
from tracker_contracts.matrix.blocks import Block, blocks
from tracker_contracts.report import report
from tracker_contracts.report.verdict import Verdict

from tests.support.environments import REPOSITORY

PAGE = REPOSITORY / "docs" / "how-to" / "check-your-own-tracker.md"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_reader_gets_from_nothing_to_a_report(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    printed = [_followed(block, work, tmp_path) for block in blocks(PAGE)]
    assert any("Set `flavor` to package.module.Class." in said for said in printed)
    assert any(said.startswith("improvement: F1 (core): broken -> kept\n") for said in printed)
    assert "test_my_package_contract.TestMyTracker: does not conform (profile quick; only F1, F2)" in printed[-1]
    first = {clause.id: clause.verdict for clause in report.read(work / "first.json").clauses}
    assert first["F1"] is Verdict.BROKEN
    assert first["M4"] is Verdict.KEPT
    assert first["T1"] is Verdict.NOT_OFFERED
    assert [id for id, verdict in first.items() if verdict is Verdict.MISSING] == ["F2"]


def _followed(block: Block, work: Path, tmp_path: Path) -> str:
    """What the block printed; a file is written, a command has to end with the status that its mark tells."""
    if block.language == "python":
        (work / block.when).write_text(block.code, encoding="utf-8")
        return ""
    scripts = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent)]
    environment = isolated(tmp_path) | {"TMPDIR": tempfile.mkdtemp(dir=tmp_path)}
    environment["PATH"] = ":".join([*scripts, environment["PATH"]])
    environment.pop("PYTHONPATH")
    environment.pop("TRACKER_CONTRACTS_PROFILE", None)  # a reader has set none; these tests have
    done = subprocess.run(
        ["bash", "-e", "-c", block.code],
        cwd=work,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=550,
    )
    assert f"status-{done.returncode}" == block.when, done.stdout
    return done.stdout
