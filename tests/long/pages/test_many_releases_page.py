"""The page on the matrix of any package: from an empty folder to what an upgrade changes, in two real cells."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from tracker_contracts.matrix.blocks import Block, blocks
from tracker_contracts.matrix.environments import neutral
from tracker_contracts.matrix.model import State, read_all
from tracker_contracts.matrix.versions import Versions

from tests.support.environments import REPOSITORY

PAGE = REPOSITORY / "docs" / "how-to" / "test-on-many-releases.md"
PYTHON = f"3.{min(sys.version_info.minor, 12)}"
"""The reader's: this one, if the older ZenML of the page is for it."""
PATIENCE = 900
"""Seconds that two cells may take on a busy machine; alone they take about 150."""


def test_the_page_tells_all_that_the_list_may_say() -> None:
    text = PAGE.read_text(encoding="utf-8")
    fields = set(Versions.model_fields) - {"beside"}  # which only this repository's tests look at
    assert [field for field in fields if f"| `[[{field}]]`" not in text and f"| `[{field}]`" not in text] == ["root"]
    assert "| `root = " in text


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_a_reader_gets_from_an_empty_folder_to_what_an_upgrade_changes(tmp_path: Path) -> None:
    listed, ran, shown, upgrade, gate = [said for block in blocks(PAGE) if (said := _followed(block, tmp_path))]
    old, new = listed.split()
    reports = list(read_all(tmp_path / "reports"))
    assert [(report.cell.name, report.state) for report in reports] == [(old, State.RAN), (new, State.RAN)], ran
    assert [report.command for report in reports] == [f"tracker-contracts matrix --run {each}" for each in (old, new)]
    assert shown.split() == ["matrix.html", "compatibility.md", "badges/my_tracker.harness-MyHarness.svg"]
    first, *changes, last = upgrade.splitlines()
    assert (first, last.partition(":")[0]) == (f"{old} -> {new}:", "1 of 1 pairs of cells compared")
    assert "  improvement: my_tracker.harness:MyHarness: F5 (provisional): broken -> kept" in changes
    assert gate.endswith("Nothing was lost.\n")
    assert "ZenML 0.83.1–0.98.0" in (tmp_path / "matrix.html").read_text(encoding="utf-8")  # noqa: RUF001


def _followed(block: Block, work: Path) -> str:
    """What a command printed, which has to end with the status that its mark tells; a file is written."""
    if block.language != "shell":
        (work / block.when).parent.mkdir(exist_ok=True)
        (work / block.when).write_text(block.code.replace('"3.12"', f'"{PYTHON}"'), encoding="utf-8")
        return ""
    scripts = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    command, environment = ["bash", "-e", "-c", block.code], {**neutral(), "PATH": scripts}
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert f"status-{done.returncode}" == block.when, done.stdout + done.stderr
    return done.stdout
