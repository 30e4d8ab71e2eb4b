"""The page on threads and processes: each of its programs does what the page says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tracker_contracts.matrix.blocks import blocks

from tests.support.environments import REPOSITORY
from zenml_trackers import connect

PAGE = REPOSITORY / "docs" / "how-to" / "threads-and-processes.md"
PROGRAMS = {block.code.partition('"memory://')[2].partition('"')[0]: block.code for block in blocks(PAGE)}
FIRST, SECOND = "process-1/", "process-2/"
ROWS = {
    "threads": [(f"fold-{fold}/accuracy", 0.9) for fold in range(5)],
    "processes": [("words", 100 * part) for part in range(10)],
    "passed": [("loss", 1 / (seed + 1)) for seed in range(4)],
}


@pytest.mark.parametrize("name", ROWS)
def test_a_program_stores_what_it_logs(name: str, project: str, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAMS[name].replace(f"memory://{name}", f"memory://{project}"))
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True, timeout=120)
    assert "lost" not in done.stderr
    [run] = connect(f"memory://{project}").read()
    stored = [(point.name.removeprefix(FIRST).removeprefix(SECOND), point.value) for point in run.metrics]
    assert sorted(stored) == sorted(ROWS[name])


def test_no_program_of_the_page_is_left_out() -> None:
    assert PROGRAMS.keys() == ROWS.keys()
