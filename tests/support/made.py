"""Empty stores of MLflow and Aim: made once for all tests, then copied, since either takes seconds to make one."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

VARIABLE = "ZENML_TRACKERS_TESTS_MADE"
"""Names the folder of the stores to copy, for all workers of a run."""
URLS = {"mlflow": "mlflow+sqlite:///{}", "aim": "aim:///{}"}
MAKE = """
import sys
from zenml_trackers import connect
connect(sys.argv[1], project="none", deadline=120, strict=True).backend.load()
"""


def put(tracker: str, path: Path) -> Path:
    """Have an empty store of this tracker at the path, where it takes long to make one.

    Args:
        tracker: Its name; nothing is put for one that makes a store in no time, or that is not installed.
        path: Where it shall be; what is there stays.
    """
    if tracker not in URLS or find_spec(tracker) is None or path.exists():
        return path
    made = _made(tracker)
    path.parent.mkdir(parents=True, exist_ok=True)
    if made.is_dir():
        shutil.copytree(made, path)
    else:
        shutil.copy(made, path)
    return path


def _made(tracker: str) -> Path:
    store = Path(os.environ[VARIABLE], tracker)
    store.parent.mkdir(parents=True, exist_ok=True)
    with store.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not store.exists():
            subprocess.run([sys.executable, "-c", MAKE, URLS[tracker].format(store)], check=True)
    return store
