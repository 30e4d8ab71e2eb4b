"""What others do to a store while a run goes on: rename or delete the run, take the folder away, hold a lock."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from trackio.sqlite_storage import SQLiteStorage

from tests.cases.conftest import Case
from tests.support.said import warnings_in
from zenml_trackers.delivery import place
from zenml_trackers.model.records import Status
from zenml_trackers.port.backend import backend_class


@pytest.mark.parametrize("strict", [False, True])
def test_a_run_that_is_renamed_in_trackio_while_it_goes_on_is_read_once(make_case, said, strict):
    case: Case = make_case("trackio")
    with case.run("before", strict=strict) as run:
        run.log({"loss": 1.0})
        run.flush(60)
        SQLiteStorage.rename_run(case.project, "before", "after", run.id)
        run.log({"loss": 2.0})
        run.log_params({"a": 1})
        run.log_table("t", ["a"], [[1]])
    stored = case.stored()
    assert stored.id == run.id
    assert stored.name == "after"
    assert stored.status is Status.FINISHED
    assert [point.value for point in stored.metrics] == [1.0, 2.0]
    assert stored.params == {"a": 1}
    assert [table.name for table in case.tables()] == ["t"]


def test_a_run_that_was_renamed_is_found_by_its_new_name(make_case):
    case: Case = make_case("trackio")
    with case.run("before") as run:
        run.log({"loss": 1.0})
        run.flush(60)
        SQLiteStorage.rename_run(case.project, "before", "after", run.id)
        run.log({"loss": 2.0})
    with case.connect(strict=True).start_run("after", resume="must") as again:
        again.log({"loss": 3.0})
    stored = case.stored()
    assert stored.id == run.id == again.id
    assert [point.value for point in stored.metrics] == [1.0, 2.0, 3.0]


DELETED = {
    "trackio": lambda case, run: SQLiteStorage.delete_run(case.project, "r", run.id),
    "memory": lambda case, run: shutil.rmtree(backend_class("memory")(case.project, case.project).folder),
    "tensorboard": lambda case, run: shutil.rmtree(case.folder.parent / "boards" / case.project / run.id),
    "mlflow": lambda case, run: run.native.delete() if hasattr(run.native, "delete") else delete_in_mlflow(case, run),
    "aim": lambda case, run: delete_in_aim(case, run),
}


def delete_in_mlflow(case: Case, run) -> None:
    from mlflow import MlflowClient

    MlflowClient(f"sqlite:///{case.folder.parent}/runs.db").delete_run(run.id)


def delete_in_aim(case: Case, run) -> None:
    for part in ("meta", "seqs"):
        shutil.rmtree(case.folder.parent / "aim" / ".aim" / part / "chunks" / run.id)
    with closing(sqlite3.connect(case.folder.parent / "aim" / ".aim" / "run_metadata.sqlite")) as database, database:
        database.execute("DELETE FROM run WHERE hash = ?", [run.id])


@pytest.mark.parametrize("tracker", DELETED)
def test_a_run_that_is_deleted_while_it_goes_on_is_told_of(make_case, tracker, said):
    case: Case = make_case(tracker)
    with case.run(deadline=3) as run:
        run.log({"loss": 1.0})
        run.flush(60)
        DELETED[tracker](case, run)
        run.log({"loss": 2.0})
        run.log_params({"a": 1})
    assert warnings_in(said), "nothing was said"


PLACES = {"trackio": "", "mlflow": "", "tensorboard": "boards", "aim": "aim", "wandb": "wandb", "comet": "comet"}


NEXT = """
import json, sys
from zenml_trackers import connect
at = connect(sys.argv[1], project=sys.argv[2], deadline=60)
with at.start_run("next") as run:
    run.flush(60)
print(json.dumps({run.name: [point.value for point in run.metrics] for run in at.read()}))
"""
"""Another process, which has no file open that is gone."""


def remove(case: Case, tracker: str) -> None:
    folder = case.folder.parent
    if tracker == "memory":
        shutil.rmtree(backend_class("memory")(case.project, case.project).folder)
    elif tracker == "trackio":
        Path(SQLiteStorage.get_project_db_path(case.project)).unlink()
    elif tracker == "mlflow":
        for file in folder.glob("runs.db*"):
            file.unlink()
    else:
        shutil.rmtree(folder / PLACES[tracker])


@pytest.mark.slow
def test_a_store_that_is_taken_away_is_told_of_and_the_step_goes_on(case: Case, said):
    gone_on = False
    began = time.monotonic()
    with case.run(deadline=3) as run:
        run.log({"loss": 1.0})
        run.flush(60)
        remove(case, case.tracker)
        for number in range(100):
            run.log({"loss": float(number)})
        run.log_params({"a": 1})
        run.log_artifact(case.file("file"))
        gone_on = True
    assert gone_on
    assert time.monotonic() - began < 30
    assert warnings_in(said), "nothing was said"
    command = [sys.executable, "-c", NEXT, case.url, case.project]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = json.loads(done.stdout.splitlines()[-1])
    if case.tracker == "wandb":  # whose sender goes on for as long as this process does, and has the journal
        assert "r" not in rows
        assert list(Path(os.environ[place.VARIABLE]).iterdir())
    else:
        assert rows["r"] == [1.0, *map(float, range(100))]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["begin", "resume", "closing"])
def test_a_lock_of_aims_that_another_writer_holds_is_waited_for(make_case, said, when):
    case: Case = make_case("aim")
    with case.run() as run:
        run.log({"loss": 1.0})
    repository = case.folder.parent / "aim" / ".aim"
    code = (
        "import sys, time; from aim import Repo, Run\n"
        f"run = Run({None if when == 'begin' else run.id!r}, repo={str(repository.parent)!r}, "
        "system_tracking_interval=None, capture_terminal_logs=False)\n"
        f"{'run._lock.release()' if when == 'closing' else ''}  # as Aim's close does, while its files are open\n"
        "print('held', flush=True); sys.stdin.readline(); run.close()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, stderr=None, text=True) as other:
        assert other.stdout.readline() == "held\n"
        threading.Timer(2.0, other.stdin.close).start()
        resume = "never" if when == "begin" else "must"
        with case.connect(strict=True, deadline=60).start_run("r", resume=resume) as run:
            run.log({"loss": 2.0})
    assert warnings_in(said) == []
    values = [[point.value for point in each.metrics] for each in case.connect().read() if each.name == "r"]
    assert values == ([[1.0], [2.0]] if when == "begin" else [[1.0, 2.0]])


def test_a_failed_run_that_is_resumed_and_ends_well_has_no_error(case: Case):
    with pytest.raises(ValueError, match="too bad"), case.run("r") as run:
        run.log({"loss": 1.0})
        raise ValueError("too bad")
    failed = case.stored()
    assert (failed.status, failed.error.message) == (Status.FAILED, "too bad")
    with case.connect().start_run("r", resume="must") as run:
        run.log({"loss": 2.0})
    resumed = case.stored()
    assert resumed.id == failed.id
    assert (resumed.status, resumed.error) == (Status.FINISHED, None)
    assert [point.value for point in resumed.metrics] == [1.0, 2.0]
