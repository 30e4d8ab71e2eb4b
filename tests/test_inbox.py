"""Trackio's append-only mode, which it takes on network file systems: nothing is written to the database directly."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support import reader

PROGRAM = """
import sys
from pathlib import Path
from tests.support import direct
from zenml_trackers import get_run
direct.run_step(direct.tracker(project=sys.argv[1]), direct.info(tags=["t"]), lambda: get_run().log({"m": 1}))
import os
assert not (Path(os.environ["TRACKIO_DIR"]) / f"{sys.argv[1]}.db").exists()
from trackio.server import import_inbox_once
import_inbox_once()
"""


@pytest.mark.slow
def test_a_run_is_whole_once_its_files_are_imported(project):
    variables = {**os.environ, "TRACKIO_STORAGE_MODE": "jsonl"}
    subprocess.run([sys.executable, "-c", PROGRAM, project], check=True, env=variables, timeout=60)
    [run] = reader.local(project)
    assert (run.status, run.series("m"), "t" in run.tags) == ("finished", [(0, 1)], True)
