"""What is in this machine's memory is its owner's alone."""

from __future__ import annotations

import os
import shutil

from zenml_trackers import connect
from zenml_trackers.backends.memory import MemoryBackend


def test_no_other_user_can_read_what_a_run_stores(project):
    folder, umask = MemoryBackend(project, project).folder, os.umask(0o022)
    try:
        with connect(f"memory://{project}", project=project).start_run("r") as run:
            run.log({"loss": 0.5})
        opened = [str(each) for each in (folder, folder.parent) if each.stat().st_mode & 0o077]
    finally:
        os.umask(umask)
        shutil.rmtree(folder.parent, ignore_errors=True)
    assert opened == []
