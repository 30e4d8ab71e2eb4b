"""The README's table of promises is what both flavors keep, measured on their own stores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import stores
from tests.support.environments import REPOSITORY
from tests.support.server import TOKEN, trackio_server

pytestmark = pytest.mark.slow

ROWS = {
    "failed": "A failed step has a failed run, with its error",
    "tags": "Tags are tags, and no made-up metric",
    "metadata": "The metadata of the step's settings are with the run",
    "whereabouts": "ZenML's step says where its local run is seen",
    "retries": "Each retry is a run of its own",
    "framework": "`trackio.init()` in a step, as frameworks call it, joins the step's run",
    "secret": "No write token is stored in ZenML's metadata",
}
COLUMNS = {"off": 1, "on": 2}


@pytest.mark.parametrize("override", COLUMNS)
def test_the_table_says_what_is_found(override: str, store_template: Path, tmp_path: Path) -> None:
    table = [line.strip("| ").split(" | ") for line in (REPOSITORY / "README.md").read_text("utf-8").splitlines()]
    said = {row[0]: row[COLUMNS[override]] == "yes" for row in table if row[0] in ROWS.values()}
    assert said == {ROWS[name]: held for name, held in _measured(override, store_template, tmp_path).items()}


def _measured(override: str, template: Path, folder: Path) -> dict[str, bool]:
    stores.copy_of(template, folder / "zenml")
    (folder / "server").mkdir()
    variables = {
        "ZENML_CONFIG_PATH": str(folder / "zenml"),
        "TRACKIO_DIR": str(folder / "trackio"),
        "ZENML_TRACKERS_OVERRIDE": override,
    }
    with trackio_server(folder / "server") as server:
        command = [sys.executable, str(Path(__file__).with_name("promises.py")), server.url, TOKEN]
        environment = {**os.environ, **variables}
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("HELD ")]
    held: dict[str, bool] = json.loads(line.removeprefix("HELD "))
    return held
