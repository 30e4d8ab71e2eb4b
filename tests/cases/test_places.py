"""Where a run is kept is settled when it begins, wherever the process goes and whatever its home is afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases.conftest import Case
from tests.support.said import warnings_in
from zenml_trackers import connect

RELATIVE = {
    "mlflow": "mlflow+sqlite:///runs.db",
    "tensorboard": "tensorboard:///boards",
    "aim": "aim:///aim",
    "wandb": "wandb+offline:///wandb",
    "comet": "comet+offline:///comet",
}
STEP = """
import os, sys
from pathlib import Path
from zenml_trackers import connect

with connect(sys.argv[1], project="moved", strict=True, deadline=60).start_run("r") as run:
    run.log({"loss": 1.0})
    run.flush(60)
    {change}
    run.log({"loss": 2.0})
    Path("model.pt").write_text("weights")
    run.log_artifact("model.pt")
    run.log_table("t", ["a"], [[1]])
    run.log_params({"a": 1})
"""
READ = """
import sys, tempfile
from pathlib import Path
from zenml_trackers import connect

backend = connect(sys.argv[1], project="moved").backend
[run] = backend.read()
shown = [each.name for each in backend.attachments(run.id, Path(tempfile.mkdtemp()))]
print(run.status.value, [float(point.value) for point in run.metrics], run.params, sorted(shown))
"""
WHOLE = "finished [1.0, 2.0] {'a': 1} ['model.pt', 't']"


@pytest.mark.parametrize("tracker", RELATIVE)
def test_a_relative_place_stays_where_the_run_began(make_case, tracker, tmp_path: Path, monkeypatch, said):
    case: Case = make_case(tracker)
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.chdir(tmp_path)
    with connect(RELATIVE[tracker], project=case.project, deadline=60).start_run("r") as run:
        run.log({"loss": 1.0})
        os.chdir(other)
        run.log({"loss": 2.0})
        run.log_artifact(case.file("model.pt"))
        run.log_table("t", ["a"], [[1]])
    assert warnings_in(said) == []
    assert [point.value for point in case.stored().metrics] == [1.0, 2.0]
    assert list(case.artifacts()) == ["model.pt"]
    assert list(other.iterdir()) == []


def run_code(code: str, url: str, folder: Path, **variables: str) -> str:
    given = {**os.environ, "HOME": str(folder), "ZENML_TRACKERS_JOURNAL": str(folder / "journals"), **variables}
    done = subprocess.run([sys.executable, "-c", code, url], cwd=folder, env=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1] if done.stdout else ""


@pytest.mark.slow
def test_a_relative_folder_of_trackios_stays_where_the_run_began(tmp_path: Path):
    (tmp_path / "other").mkdir()
    run_code(STEP.replace("{change}", "os.chdir('other')"), "trackio:///", tmp_path, TRACKIO_DIR="runs")
    assert run_code(READ, "trackio:///", tmp_path, TRACKIO_DIR="runs") == WHOLE
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["model.pt"]


@pytest.mark.slow
def test_a_relative_journal_stays_where_the_run_began(tmp_path: Path):
    (tmp_path / "other").mkdir()
    url = f"memory://{tmp_path.name}-{os.getpid()}"
    run_code(STEP.replace("{change}", "os.chdir('other')"), url, tmp_path, ZENML_TRACKERS_JOURNAL="journals")
    assert run_code(READ, url, tmp_path) == WHOLE
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["model.pt"]
